/** Images that an engine has. What travels to and from it is in transfers.ts. */

/** What shows whether an image is an environment. */
export type ImageSummary = {
  /** "sha256:…" */
  id: string;
  /** References such as "gradeport/c:latest"; empty for images that lost their name. */
  tags: string[];
  /** Those that count: of two that differ in their family alone, only the one set last (which-labels-count.ts). */
  labels: Record<string, string>;
  /** Where the two families of grading labels differ: which counts and why, in a sentence. */
  whichLabels?: string;
  /** Bytes on the engine's machine. */
  size: number;
  /** ms since 1970. */
  created: number;
  /** Looked at where the labels announce an environment; missing: it is this machine's. */
  processor?: ImageProcessor | undefined;
};

/** Of an image that is made for another processor than the engine's machine has. */
export type ImageProcessor = {
  /** As images name it: arm64, amd64. */
  wanted: string;
  here: string;
  /** Whether the kernel hands its programs to an emulator. */
  isEmulated: boolean;
};

export type ListedImage = ImageSummary & {
  /** The image's names in registries, "host/repository@sha256:…": one for each name it was pulled or pushed by. */
  repoDigests: string[];
};

export type ImageDetails = Omit<ListedImage, 'created'> & {
  /** Digests of the layers, the base's first: an image whose list begins with that of another is built on it. */
  layers: string[];
};

/** A step in the making of an image. Lists have the newest first. */
export type HistoryStep = { command: string; size: number; createdMs: number };

export type ImageWatcher = {
  /** Called when images have changed, or the stream of changes is back: list again. */
  changed(): void;
  lost(reason: string): void;
};

export type CopyBounds = { maxFiles: number; maxBytes: number };

/** All fail with "unreachable" when the engine does not answer. */
export type Images = {
  /** Lists images that have a name or came from a registry. */
  list(): Promise<ListedImage[]>;
  /** Looks an image up; null: there is no such image. */
  inspect(reference: string): Promise<ImageDetails | null>;
  history(reference: string): Promise<HistoryStep[]>;
  /** Gives an image one more name. Fails with "not-found" when there is no such image. */
  tag(image: string, name: string): Promise<void>;
  /** Removes a name of an image, and the image with its last name. */
  untag(name: string): Promise<void>;
  /** Reports changes of images until it is stopped, and reconnects after the engine was away. */
  watch(watcher: ImageWatcher): () => void;
  /**
   * Copies a folder out of an image into an empty folder on this machine, without running anything: regular files and
   * folders only. Fails with "not-found" when the image or the folder is not there, "too-large" beyond the bounds.
   * @param labels of the container that this needs, by which it is found again after a crash
   */
  copyOut(
    image: string,
    path: string,
    into: string,
    bounds: CopyBounds,
    labels: Record<string, string>,
  ): Promise<void>;
};
