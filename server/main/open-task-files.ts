/** The tasks of submissions: where their files are kept, how a run finds them, and when they are removed. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createTaskFiles } from '../adapters/task-files/task-files.ts';
import { type Config, defaultEnvironments } from '../config/config.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { Store } from '../ports/store.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import { namedBySubmissions } from '../submissions/bundles.ts';
import { createTaskOfRun, type TaskOfRun } from '../worker/task-of-run.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type OpenTaskFiles = {
  taskFiles: TaskFiles;
  taskOf: TaskOfRun;
  [Symbol.asyncDispose](): Promise<void>;
};
type Deps = {
  store: Store;
  courses: CourseCatalogue;
  config: Config;
  log: Logger;
  clock(): number;
  /** Stands before the port. */
  through(port: string, opened: TaskFiles): TaskFiles;
};

/** Tidies up at once, and then every hour. */
export function openTaskFiles({ store, courses, config, log, clock, through }: Deps): OpenTaskFiles {
  const folder = join(config.data, 'bundles');
  // A waiting slot has a folder mounted, which must stay as long as the slot may wait.
  const unusedMs = DAY_MS + config.pool.idleMs;
  const taskFiles = through('task-files', createTaskFiles({ store, folder, unusedMs, log, clock }));
  let tidying = Promise.resolve();
  const tidy = () => {
    tidying = prune(taskFiles, store, log);
  };
  tidy();
  const timer = setInterval(tidy, HOUR_MS).unref();
  return {
    taskFiles,
    taskOf: createTaskOfRun({ courses, taskFiles, defaults: defaultEnvironments(config) }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      taskFiles.close();
      await tidying;
    },
  };
}

async function prune(taskFiles: TaskFiles, store: Store, log: Logger): Promise<void> {
  try {
    await taskFiles.prune(namedBySubmissions(store));
  } catch (err) {
    log.warn({ err }, 'could not look for bundles that are not needed any more');
  }
}
