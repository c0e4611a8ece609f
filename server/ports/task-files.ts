/**
 * The files of tasks and courses as they were when somebody submitted. A bundle is the content of one folder, kept in the
 * store as one tar and named by the SHA-256 of it; a worker on another machine can unpack it there.
 */
export type TaskFiles = {
  /**
   * Keeps the files of a folder as they are now; returns the name of the bundle. null: they cannot be kept, because they
   * are too many, too large or not readable. Fails with "conflict" while somebody keeps changing them, or has taken
   * the folder away.
   */
  keep(folder: string): Promise<string | null>;
  /**
   * Gives a bundle as a folder on this machine, to be read only, for a day. Fails with "not-found".
   * @param today where it came from: if the store has lost the bundle, and this folder is still the same, it is kept anew
   */
  folder(bundle: string, today: string | null): Promise<string>;
  /**
   * Removes the bundles that nothing names, and the folders of others that were not used for a day; returns how many
   * of both.
   */
  prune(isNamed: (bundle: string) => Promise<boolean>): Promise<number>;
  /** Aborts calls that wait for a database that is away. */
  close(): void;
};
