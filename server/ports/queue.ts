/** The queue: run ids waiting for a worker. It carries ids only; the store is the truth. */
export type Queue = {
  /** Fails with code "busy" when too many runs wait already: asked before anything is stored. */
  checkRoom(): void;
  /** Takes an id in, however many wait: it is stored already. Pushing an id twice is harmless. */
  push(runId: string): Promise<void>;
  /** Starts handing ids to `handler`, at most `concurrency` at once. A throwing handler gives the id back. */
  consume(handler: (runId: string) => Promise<void>, concurrency: number): void;
  /** 0 for the next one; null when the id is not waiting. */
  position(runId: string): number | null;
  /** Takes a waiting id out; false when it is not waiting. */
  remove(runId: string): boolean;
  /** How many wait and how many are being handled. */
  size(): { waiting: number; active: number };
  /** Hands out no more ids, waits for those being handled. */
  close(): Promise<void>;
};
