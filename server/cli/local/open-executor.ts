/** Grades in this process, without a server, for commands. Its folders are temporary. */
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../adapters/open-engine.ts';
import { askedWay, ENVIRONMENTS_FOLDER, installationOf, loadConfig } from '../../config/config.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import { findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import { readShipped } from '../../environments/discovery/shipped.ts';
import { suggestEnvironment } from '../../environments/discovery/suggest.ts';
import { onTheSpot } from '../../execution/slots/slot.ts';
import { sweepWorkspaces } from '../../execution/slots/workspace.ts';
import { openExecutor } from '../../main/open-executor.ts';
import { isAlive } from '../../rules/processes.ts';
import { type Grader, graderOf } from '../../worker/grade-task.ts';
import { historyOf } from './installation.ts';

/** @param needsEngine false for tasks that are graded without a container: the engine is not contacted */
export async function openLocalGrader(needsEngine: boolean): Promise<{ grader: Grader } & AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const config = loadConfig({});
  const engine = openEngine(askedWay(config));
  undo.defer(() => engine.close());
  const { list, runtimes } = needsEngine
    ? await readEnvironments(engine, config.runtimes, config.aliases, await historyOf(config))
    : NOTHING;
  const shipped = await readShipped(ENVIRONMENTS_FOLDER);
  const { path: runsFolder } = undo.use(await openRunsFolder());
  const execute = openExecutor(config, {
    containers: engine.containers,
    environments: {
      find: (name) => findEnvironment(list, name),
      runtimes: () => runtimes,
      suggest: (name) => suggestEnvironment(name, list, shipped)?.sentence ?? null,
    },
    slots: onTheSpot({
      containers: engine.containers,
      installation: installationOf(`cli:${process.pid}`),
      runsFolder,
    }),
  });
  const owned = undo.move();
  return { grader: graderOf(execute), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const NOTHING = { list: [], runtimes: [] };

/** One folder per process; folders of processes that died are removed first. */
export async function openRunsFolder(): Promise<{ path: string } & AsyncDisposable> {
  const all = join(tmpdir(), 'gradeport-grade');
  const own = join(all, String(process.pid));
  for (const name of await readdir(all).catch(unlessMissing)) {
    if (name === String(process.pid) || !isAlive(Number(name))) await takeAway(join(all, name));
  }
  await mkdir(own, { recursive: true, mode: 0o700 });
  return {
    path: own,
    async [Symbol.asyncDispose]() {
      await takeAway(own);
      // Fails while other processes have folders in it.
      await rmdir(all).catch(() => {});
    },
  };
}

async function takeAway(folder: string): Promise<void> {
  await sweepWorkspaces(folder);
  await rm(folder, { recursive: true, force: true });
}

function unlessMissing(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
