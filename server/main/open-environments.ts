/** Composes the parts that look after environments and revisions: the same for the server and for commands. */

import { installationId } from '../config/installation-id.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { assembleEnvironments } from '../environments/assemble.ts';
import type { LiveCatalogue } from '../environments/catalogue.ts';
import type { Aliases } from '../environments/discovery/environment.ts';
import type { RuntimeTable } from '../environments/discovery/runtimes.ts';
import type { ShippedEnvironment } from '../environments/discovery/shipped.ts';
import type { Revisions } from '../environments/revisions/port.ts';
import type { SlotSource } from '../execution/slots/slot.ts';
import type { Jobs } from '../jobs/port.ts';
import type { Engine } from '../ports/engine/engine.ts';
import type { RunReader } from '../ports/run-events.ts';
import type { Store } from '../ports/store.ts';
import type { Ceilings } from '../rules/limits.ts';
import { isPassing } from '../rules/machine-state.ts';
import { createSampleRunner } from '../samples/sample-runner.ts';

const AGAIN_MS = 5000;

export type RevisionRoomDeps = {
  store: Store;
  engine: Pick<Engine, 'containers' | 'images'>;
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
  /** The slots for samples: never those that wait for students. */
  slots: SlotSource;
  runsFolder: string;
  /** Marks our containers. */
  instance: string;
  untilQuiet(stopped: AbortSignal): Promise<void>;
  /** Where people see tests that start automatically. */
  jobs: Pick<Jobs, 'start' | 'onChange'> | null;
  clock(): number;
  failed(error: unknown): void;
};

export type RevisionRoom = {
  environments: LiveCatalogue;
  revisions: Revisions;
  /** A reader of run events: an image that graded a run is kept. */
  saw: RunReader;
  /** From now on new images are tested automatically, and changes by commands take effect here. */
  begin(): Promise<void>;
  close(): Promise<void>;
};

export async function openRevisionRoom(deps: RevisionRoomDeps): Promise<RevisionRoom> {
  const { store, config } = deps;
  let timer: NodeJS.Timeout | null = null;
  let reload = async () => {};
  /** While the database takes no writes, changes of images cannot be recorded: they are looked at again until it does. */
  const failed = (error: unknown): void => {
    deps.failed(error);
    if (!isPassing(error)) return;
    timer ??= setTimeout(() => {
      timer = null;
      void reload().catch(failed);
    }, AGAIN_MS).unref();
  };
  const { runtimes, aliases, ceilings, promote } = config;
  const { environments, revisions, gradedImages, autoTest, close } = await assembleEnvironments({
    ...deps,
    failed,
    runtimes,
    aliases,
    promote,
    installation: await installationId(config.data),
    testFirst: config.testFirst === 'yes',
    runnerIn: (environments) =>
      createSampleRunner({ ...deps, environments, aliases, table: runtimes, ceilings }),
  });
  reload = revisions.reload;
  let stopListening = () => {};
  return {
    environments,
    revisions,
    saw(_runId, event) {
      if (event.type === 'starting') gradedImages.keep(event.environment);
    },
    async begin() {
      stopListening = store.onForeignChange(() => void revisions.reload().catch(failed));
      await gradedImages.begin();
      autoTest.begin();
    },
    async close() {
      stopListening();
      reload = async () => {};
      if (timer) clearTimeout(timer);
      await close();
    },
  };
}
