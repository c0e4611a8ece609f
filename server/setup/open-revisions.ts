/** Puts together what looks after environments and their revisions: the same for the server and for commands. */
import type { Ceilings } from '../core/limits.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { Engine } from '../engine/port.ts';
import { createAutoTest } from '../environments/auto-test.ts';
import { type LiveCatalogue, openEnvironments } from '../environments/catalogue.ts';
import type { Aliases } from '../environments/environment.ts';
import { openHistory } from '../environments/history.ts';
import type { Jobs } from '../environments/jobs-port.ts';
import { createRevisions } from '../environments/revisions.ts';
import type { Revisions } from '../environments/revisions-port.ts';
import type { RuntimeTable } from '../environments/runtimes.ts';
import type { ShippedEnvironment } from '../environments/shipped.ts';
import { createStock, type Origin } from '../environments/stock.ts';
import { createUsed } from '../environments/used.ts';
import type { RunEvent } from '../grading/events.ts';
import type { SlotSource } from '../grading/slot.ts';
import type { Store } from '../store/port.ts';
import { installationId } from './installation-id.ts';
import { createSampleRunner } from './sample-runner.ts';

export type RevisionRoomDeps = {
  store: Store;
  engine: Engine;
  courses: Pick<CourseCatalogue, 'list'>;
  config: {
    data: string;
    runtimes: RuntimeTable;
    aliases: Aliases;
    ceilings: Ceilings;
    promote: 'when-tested' | 'by-hand';
    testFirst: 'yes' | 'no';
  };
  shipped: readonly ShippedEnvironment[];
  /** For samples: never those that wait for students. */
  slots: SlotSource;
  runsFolder: string;
  /** Marks our containers. */
  instance: string;
  untilQuiet(stopped: AbortSignal): Promise<void>;
  /** Where people see tests that run by themselves. */
  jobs: Pick<Jobs, 'start' | 'onChange'> | null;
  clock(): number;
  failed(error: unknown): void;
};

export type RevisionRoom = {
  environments: LiveCatalogue;
  revisions: Revisions;
  /** To be told of what happens to runs: an image that graded one is kept. */
  saw(event: RunEvent): void;
  /** From now on new images are tested by themselves, and what commands change counts here. */
  begin(): Promise<void>;
  close(): Promise<void>;
};

export async function openRevisionRoom(deps: RevisionRoomDeps): Promise<RevisionRoom> {
  const { store, engine, config, clock, failed } = deps;
  const history = await openHistory(store, clock);
  const origins = new Map<string, Origin>();
  const installation = await installationId(config.data);
  const stock = createStock({ store, engine, history, origins, installation, failed });
  const environments = await openEnvironments(
    engine,
    config.runtimes,
    config.aliases,
    deps.shipped,
    stock.judge,
  );
  const run = createSampleRunner({
    ...deps,
    environments,
    aliases: config.aliases,
    table: config.runtimes,
    ceilings: config.ceilings,
  });
  const { promote } = config;
  const revisions = createRevisions({
    store,
    engine,
    history,
    stock,
    origins,
    environments,
    run,
    promote,
    failed,
  });
  const used = createUsed({ store, history, stock, failed });
  const testFirst = config.testFirst === 'yes';
  const autoTest = createAutoTest({ history, environments, revisions, jobs: deps.jobs, testFirst, failed });
  let stopListening = () => {};
  return {
    environments,
    revisions,
    saw(event) {
      if (event.type === 'starting') used.saw(event.environment);
    },
    async begin() {
      stopListening = store.onForeignChange(() => void revisions.reload().catch(failed));
      await used.begin();
      autoTest.begin();
    },
    async close() {
      stopListening();
      await autoTest.close();
      await used.close();
      await revisions.close();
      await environments.close();
    },
  };
}
