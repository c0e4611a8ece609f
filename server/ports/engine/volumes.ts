/** Volumes of an engine: the folders of runs where the engine sees no folder of this machine. */

type Labels = Record<string, string>;

/** What a volume holds: the files of a folder of this machine, or files that are written down. */
export type Content = { folder: string } | { files: Readonly<Record<string, string>> };

/** unwanted: a folder directly in the one that is copied. */
type CopyLimits = { maxFiles: number; maxBytes: number; unwanted?: string };

/** leftOut: what of it was not copied, as "path: why". */
export type CopiedOut = { files: number; leftOut: string[] };

/** All fail with code "unreachable" when the engine does not answer. */
export type Volumes = {
  /**
   * Makes a file system in the engine's memory, of a fixed size. It is empty until its first container starts, and lost
   * when the last one that mounts it ends.
   */
  makeMemory(name: string, room: { bytes: number; files: number }, labels: Labels): Promise<void>;
  /** The name of a volume that holds this content. It is found again by its content, or made and filled. */
  holding(what: string, content: Content): Promise<string>;
  /** Where the engine has a file of a volume on its own machine; null where containers cannot mount it. */
  fileIn(volume: string, path: string): Promise<string | null>;
  /** Looks at each volume again before it is used next: something about them was not as expected. */
  doubt(): void;
  /** Removes a volume that no container uses; harmless when it is gone. */
  remove(name: string): Promise<void>;
  /**
   * Removes the unused volumes that carry a label ("name=value"; null: none), and those that processes left long ago.
   * A volume of a slot counts as unused until its first container starts.
   */
  sweep(label: string | null): Promise<void>;
  /** Writes a tar below a folder of a running container. */
  putFiles(containerId: string, folder: string, tar: AsyncIterable<unknown>): Promise<void>;
  /** Copies a folder of a container into one of this machine: regular files only, none through a link. */
  copyOut(containerId: string, folder: string, into: string, limits: CopyLimits): Promise<CopiedOut>;
};
