/** What every measure gets, and what it is. */
import type { Logger } from 'pino';
import type { Config } from '../server/config/config.ts';
import type { SlotPool } from '../server/execution/slots/slot-pool.ts';
import type { RunEvents } from '../server/ports/run-events.ts';
import type { Store } from '../server/ports/store.ts';
import type { Grading } from '../server/submissions/port.ts';
import type { Measures } from './report/results.ts';

export type RunningServer = {
  url: string;
  store: Store;
  grading: Grading;
  slots: SlotPool;
  events: RunEvents;
  close(): Promise<void>;
};

/** Given by whoever may import the composition root: the command line, and main.ts here. */
export type StartServer = (
  config: Config,
  log: Logger,
  prepare?: (store: Store) => Promise<void>,
) => Promise<RunningServer>;

export type Bench = {
  startServer: StartServer;
  /** Samples per measure. */
  samples: number;
  /** A try: few samples, small crowds. */
  quick: boolean;
  /** Where temporary data folders are made: on the disk that is to be measured. */
  folder: string;
  /** In the names of everything made outside of that folder. */
  id: string;
  signal: AbortSignal;
  say(text: string): void;
};

export type Group = {
  name: string;
  /** Every measure it may give, with its title; all fail together when the group throws. */
  titles(bench: Bench): Record<string, string>;
  measure(bench: Bench): Promise<Measures>;
};
