/** History, catalogue, decisions, tests and use of environments: put together around one store and one engine. */
import type { Engine } from '../ports/engine.ts';
import type { Store } from '../ports/store.ts';
import { type LiveCatalogue, openEnvironments } from './catalogue.ts';
import type { Aliases } from './discovery/environment.ts';
import type { RuntimeTable } from './discovery/runtimes.ts';
import type { ShippedEnvironment } from './discovery/shipped.ts';
import { type AutoTestDeps, createAutoTest } from './revisions/auto-test.ts';
import { openHistory } from './revisions/history.ts';
import { createUsed } from './revisions/keep-graded-images.ts';
import { createStock, type Origin, type StockDeps } from './revisions/reconcile-images.ts';
import type { SampleRunner } from './revisions/revision-tests.ts';
import { createRevisions, type RevisionsDeps } from './revisions/revisions.ts';

type AssemblyDeps = Pick<RevisionsDeps, 'promote' | 'failed'> &
  Pick<AutoTestDeps, 'jobs' | 'testFirst'> &
  Pick<StockDeps, 'installation'> & {
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
  const stock = createStock({ store, images, history, origins, installation, failed });
  const environments = await openEnvironments(engine, deps.runtimes, deps.aliases, deps.shipped, stock.judge);
  const run = deps.runnerIn(environments);
  const known = { store, images, history, stock, origins, environments };
  const revisions = createRevisions({ ...known, run, promote, failed });
  const used = createUsed({ store, history, stock, failed });
  const { jobs, testFirst } = deps;
  const autoTest = createAutoTest({ history, environments, revisions, jobs, testFirst, failed });
  return {
    ...{ history, environments, revisions, used, autoTest },
    async close(): Promise<void> {
      await autoTest.close();
      await used.close();
      await revisions.close();
      await environments.close();
    },
  };
}
