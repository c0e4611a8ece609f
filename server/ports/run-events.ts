/**
 * The events of runs. Who works on a run appends; pages, counters and all others read. A reader holds up no work, and one
 * that must not miss anything looks into the store, too: events are told once, and may be lost with their process.
 */
import type { NumberedEvent, RunEvent } from '../model/run-events.ts';

/** The last event that somebody saw; 0 and 0: none. */
export type Seen = { attempt: number; after: number };
export type RunReader = (runId: string, event: NumberedEvent) => void;

export type Following = {
  /** What is kept of the run and was not seen yet. */
  events: NumberedEvent[];
  /** The kind of the newest event, seen or not. */
  last(): RunEvent['type'];
  /** From now on the reader gets what comes after these events; what came since they were asked for it gets at once. */
  listen(reader: RunReader): void;
  stop(): void;
};

export type RunEvents = {
  /**
   * Gives an event its number and hands it to all readers, in the order of the calls. It is asynchronous because the log
   * may be in another process. It never fails: what is lost is lost for those who watch, not for the run.
   * @returns the number; 0 when the event says nothing new: the run is over, another attempt has begun since, or the place
   *   in the queue is the same as before
   */
  append(runId: string, event: RunEvent): Promise<number>;
  /** Begins the story of an unknown run after a number, with what the store knows. Nothing happens where it is known. */
  begin(runId: string, seen: Seen, events: readonly RunEvent[]): Promise<void>;
  /** Every event of every run from now on. Returns the way to stop. */
  subscribe(reader: RunReader): () => void;
  /** One run from a place on, without a gap; null when nothing is kept of it. Seen in another attempt: from the beginning. */
  follow(runId: string, seen: Seen): Promise<Following | null>;
  close(): Promise<void>;
};
