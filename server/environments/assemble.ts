/** History, catalogue, decisions and tests of environments, put together around one store and one engine. */
import type { Engine } from '../ports/engine/engine.ts';
import type { Store } from '../ports/store.ts';
import { type LiveCatalogue, openEnvironments } from './catalogue.ts';
import type { Aliases } from './discovery/environment.ts';
import type { RuntimeTable } from './discovery/runtimes.ts';
import type { ShippedEnvironment } from './discovery/shipped.ts';
import { openHistory } from './revisions/history.ts';
import { createImageKeeper } from './revisions/images/image-keeper.ts';
import { createGradedImages } from './revisions/images/keep-graded-images.ts';
import { createReconcile, type Origin, type ReconcileDeps } from './revisions/images/reconcile-images.ts';
import { createRevisions, type RevisionsDeps } from './revisions/revisions.ts';
import { type AutoTestDeps, createAutoTest } from './revisions/tests/auto-test.ts';
import type { SampleRunner } from './revisions/tests/revision-tests.ts';

type AssemblyDeps = Pick<RevisionsDeps, 'promote' | 'failed'> &
  Pick<AutoTestDeps, 'jobs' | 'testFirst' | 'againMs'> &
  Pick<ReconcileDeps, 'installation'> & {
    store: Store;
    engine: Pick<Engine, 'containers' | 'images'>;
    runtimes: RuntimeTable;
    aliases: Aliases;
    shipped: readonly ShippedEnvironment[];
    runnerIn(environments: LiveCatalogue): SampleRunner;
    clock(): number;
  };

export async function assembleEnvironments(deps: AssemblyDeps) {
  const { store, engine, installation, promote, failed } = deps;
  const { images } = engine;
  const history = await openHistory(store, deps.clock);
  const origins = new Map<string, Origin>();
  const keeper = createImageKeeper(images, installation);
  const reconcile = createReconcile({ store, history, keeper, origins, installation, failed });
  const environments = await openEnvironments(engine, deps.runtimes, deps.aliases, deps.shipped, reconcile);
  const run = deps.runnerIn(environments);
  const known = { store, images, history, keeper, origins, environments };
  const revisions = createRevisions({ ...known, run, promote, failed });
  const gradedImages = createGradedImages({ store, history, keeper, failed });
  const { jobs, testFirst, againMs } = deps;
  const autoTest = createAutoTest({
    history,
    environments,
    revisions,
    jobs,
    testFirst,
    promote,
    failed,
    ...(againMs !== undefined && { againMs }),
  });
  return {
    history,
    environments,
    revisions,
    gradedImages,
    autoTest,
    async close(): Promise<void> {
      await autoTest.close();
      await gradedImages.close();
      await revisions.close();
      await environments.close();
    },
  };
}
