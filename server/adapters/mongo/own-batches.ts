/** The last batches of this process: a reader that meets one waits for it instead of doing it once more. */

/** Ends of batches that a process remembers: a reader may have met one a moment before. */
const REMEMBERED = 1000;

export type OwnBatches = ReturnType<typeof createOwnBatches>;

export function createOwnBatches(remembered = REMEMBERED) {
  const own = new Map<string, Promise<boolean>>();
  return {
    /** Resolves to whether it was applied; undefined: another process began it, or it is forgotten. */
    get: (id: string): Promise<boolean> | undefined => own.get(id),
    remember(id: string, isApplied: Promise<boolean>): void {
      own.set(id, isApplied);
      const [oldest] = own.keys();
      if (own.size > remembered && oldest !== undefined) own.delete(oldest);
    },
    forget: (id: string): void => void own.delete(id),
  };
}
