/**
 * The queue: run ids waiting for a worker. It carries ids only; the store is the truth. It may be in another process: what
 * it says of itself is true for a moment.
 */
export type Queue = {
  /** Fails with code "busy" when too many runs wait already: asked before anything is stored. */
  checkRoom(): Promise<void>;
  /** Takes an id in, however many wait: it is stored already. Pushing an id twice is harmless. */
  push(runId: string): Promise<void>;
  /** Starts handing ids to `handle`, at most `concurrency` at once, parked ones aside. */
  consume(handle: RunHandler, concurrency: number): void;
  /** 0 for the next one; null when the id is not waiting. */
  position(runId: string): Promise<number | null>;
  /** Takes a waiting id out; false when it is not waiting. */
  remove(runId: string): Promise<boolean>;
  /** How many wait and how many are being handled, parked ones aside. */
  size(): Promise<{ waiting: number; active: number }>;
  /** Hands out no more ids, waits for those being handled, parked ones too. */
  close(): Promise<void>;
};

/**
 * Until its promise settles the id is being handled, whatever it does meanwhile: only then does the queue forget the id,
 * or take it back where the promise fails.
 */
export type RunHandler = (runId: string, turn: Turn) => Promise<void>;

/** The place of an id in the row of those being handled. */
export type Turn = {
  /** Lets another id be handled beside this one, which needs no processor for now. There is no way back. */
  park(): void;
};
