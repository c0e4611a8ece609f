/** The worker inside the server: the loop over this process's store, and the recovery of lost runs. */

import type { RunCommands } from '../ports/engine/run-commands.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import type { Amounts } from '../submissions/admission/amounts.ts';
import { createRunLoop, type LoopDeps, type RunLoop } from './loop.ts';
import { createRecovery } from './recovery.ts';
import { createRunSource } from './run-source.ts';
import type { TaskOfRun } from './task-of-run.ts';

export type WorkerDeps = Omit<LoopDeps, 'source' | 'queue'> & {
  store: Store;
  taskOf: TaskOfRun;
  queue: Queue;
  clock(): number;
  amounts?: Pick<Amounts, 'left'>;
};

export type Worker = RunCommands & {
  /** Queues again what an earlier process left unfinished, then begins to work. */
  start(): Promise<void>;
  paused: RunLoop['paused'];
  awaited: RunLoop['awaited'];
  /** Takes no new runs; runs in progress go back to the queue of the next start. */
  close(): Promise<void>;
};

export function createWorker(deps: WorkerDeps): Worker {
  const closing = new AbortController();
  // A verdict waits for a database that is away, however long that takes.
  const source = createRunSource({ ...deps, store: deps.store.patient(closing.signal) });
  const loop = createRunLoop({ ...deps, source });
  const recovery = createRecovery({ ...deps, isRunning: loop.isRunning });

  return {
    async start() {
      await loop.sweep();
      await recovery.start();
      loop.start();
    },
    stop: loop.stop,
    stopNext: loop.stopNext,
    paused: loop.paused,
    awaited: loop.awaited,
    async close() {
      closing.abort();
      recovery.close();
      await loop.close();
    },
  };
}
