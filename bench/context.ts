/** The context that every measure gets, and the shape of a group of measures. */
import type { Logger } from 'pino';
import type { Config } from '../server/config/config.ts';
import type { CourseCatalogue } from '../server/courses/catalogue-types.ts';
import type { SlotPool } from '../server/execution/slots/slot-pool.ts';
import type { RunEvents } from '../server/ports/run-events.ts';
import type { Store } from '../server/ports/store.ts';
import type { Grading } from '../server/submissions/port.ts';
import type { Measures } from './report/results.ts';

export type RunningServer = {
  url: string;
  store: Store;
  grading: Grading;
  catalogue: CourseCatalogue;
  slots: SlotPool;
  events: RunEvents;
  close(): Promise<void>;
};

/** Supplied by the two callers that may import the composition root: the command line, and main.ts here. */
export type StartServer = (
  config: Config,
  log: Logger,
  prepare?: (store: Store) => Promise<void>,
) => Promise<RunningServer>;

export type Bench = {
  startServer: StartServer;
  /** Samples per measure. */
  samples: number;
  /** A quick trial: few samples, small crowds. */
  quick: boolean;
  /** The folder for temporary data: on the disk to be measured. */
  folder: string;
  /** Part of the names of everything made outside that folder. */
  id: string;
  signal: AbortSignal;
  say(text: string): void;
};

export type Group = {
  name: string;
  /** All measures of the group, with their titles; all fail together when the group throws. */
  titles(bench: Bench): Record<string, string>;
  measure(bench: Bench): Promise<Measures>;
};
