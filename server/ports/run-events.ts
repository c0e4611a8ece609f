/**
 * The events of runs. The worker of a run appends; pages, counters and others read. A reader does not hold up the work,
 * and one that must not miss anything reads the store, too: events are sent once, and may be lost with their process.
 */
import type { NumberedEvent, RunEvent } from '../model/run-events.ts';

/** The last event that a reader saw; 0 and 0: none. */
export type Seen = { attempt: number; after: number };
export type RunReader = (runId: string, event: NumberedEvent) => void;

export type Following = {
  /** The kept events of the run that were not seen yet. */
  events: NumberedEvent[];
  /** The kind of the newest event, seen or not. */
  last(): RunEvent['type'];
  /** From now on the reader gets the events after these; it gets at once those that came since they were asked for. */
  listen(reader: RunReader): void;
  stop(): void;
};

export type RunEvents = {
  /**
   * Gives an event its number and hands it to all readers, in the order of the calls. It is asynchronous because the log
   * may be in another process. It never fails: a lost event is lost for readers, not for the run.
   * @returns the number; 0 when the event is not new: the run is over, another attempt has begun since, or the place in
   *   the queue is the same as before
   */
  append(runId: string, event: RunEvent): Promise<number>;
  /** Begins the story of an unknown run after a number, with what the store knows. Does nothing for a known run. */
  begin(runId: string, seen: Seen, events: readonly RunEvent[]): Promise<void>;
  /** Subscribes to every event of every run from now on. Returns a function that stops it. */
  subscribe(reader: RunReader): () => void;
  /** Follows a run without a gap after what was seen, or from the beginning of a new attempt; null: nothing is kept. */
  follow(runId: string, seen: Seen): Promise<Following | null>;
  close(): Promise<void>;
};
