/** Grades in this process, without a server, for commands. Its folders are temporary. */
import { openEngine } from '../../adapters/open-engine.ts';
import { askedStarts, ENVIRONMENTS_FOLDER, installationOf, loadConfig } from '../../config/config.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import { findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import { readShipped } from '../../environments/discovery/shipped.ts';
import { suggestEnvironment } from '../../environments/discovery/suggest.ts';
import { onTheSpot } from '../../execution/slots/slot.ts';
import { openExecutor } from '../../main/open-executor.ts';
import { type Grader, graderOf } from '../../worker/grade-task.ts';
import { historyOf } from './installation.ts';
import { openRunsFolder } from './runs-folder.ts';

/** @param needsEngine false for tasks that are graded without a container: the engine is not contacted */
export async function openLocalGrader(needsEngine: boolean): Promise<{ grader: Grader } & AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const config = loadConfig({});
  const engine = openEngine(askedStarts(config));
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
