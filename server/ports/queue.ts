/**
 * The queue: run ids waiting for a worker. It carries only ids; the store is the truth. It may be in another process,
 * so its answers about itself may be outdated when they arrive.
 */
/** Whose run waits. The owner is a student or a group. */
export type Whose = { owner: string; course: string };

/**
 * Owners take turns, one run each; where they are equal, courses do. What one owner handed in keeps its order. So an
 * owner who hands in a hundred runs keeps every other one waiting for a single run.
 */
export type Queue = {
  /** Fails with code "busy" when too many runs wait already: asked before anything is stored. */
  checkRoom(): Promise<void>;
  /** Adds an id, however many wait: the run is stored already. Pushing an id twice is harmless. */
  push(runId: string, whose: Whose): Promise<void>;
  /** Starts handing ids to `handle`, at most `concurrency` at once, not counting parked ones. */
  consume(handle: RunHandler, concurrency: number): void;
  /** How many would be before a run of theirs that came now. */
  ahead(whose: Whose): Promise<number>;
  /** 0 for the next one; null when the id is not waiting. */
  position(runId: string): Promise<number | null>;
  /** Takes a waiting id out; false when it is not waiting. */
  remove(runId: string): Promise<boolean>;
  /** How many wait and how many are being handled, not counting parked ones. */
  size(): Promise<{ waiting: number; active: number }>;
  /** Hands out no more ids, and waits for those being handled, including parked ones. */
  close(): Promise<void>;
};

/**
 * Handles one id. The id counts as being handled until the promise settles: only then does the queue forget it, or take
 * it back if the promise fails.
 */
export type RunHandler = (runId: string, turn: Turn) => Promise<void>;

/** The place of an id among those being handled. */
export type Turn = {
  /** Lets another id be handled beside this one, which needs no processor for now. It cannot be undone. */
  park(): void;
  /** Hands the id out once more, after its handler has settled. */
  again(): void;
};
