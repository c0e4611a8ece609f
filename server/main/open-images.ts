/** Composes everything about images beside an engine: discovery, revisions, builds, registries and updates. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Config, ENVIRONMENTS_FOLDER } from '../config/config.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { createBuilds } from '../environments/builds/builds.ts';
import { DISK_OF_BUILDS, openBuildSources } from '../environments/builds/source/build-sources.ts';
import { readShipped } from '../environments/discovery/shipped.ts';
import { untilListed } from '../environments/discovery/until-listed.ts';
import { openSharing } from '../environments/open-sharing.ts';
import { whyBaseRefused } from '../environments/registries/policy.ts';
import { readOwnBuilds } from '../environments/updates/own-builds.ts';
import { updatesOf } from '../environments/updates/update.ts';
import { onTheSpot, type SlotDeps } from '../execution/slots/slot.ts';
import type { Jobs } from '../jobs/port.ts';
import { untilQuiet } from '../jobs/until-quiet.ts';
import type { Engine } from '../ports/engine/engine.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import { openRevisionRoom } from './open-environments.ts';

type ImageDeps = {
  config: Config;
  store: Store;
  engine: Engine;
  courses: CourseCatalogue;
  jobs: Jobs;
  queue: Queue;
  /** What slots need to be made. */
  slotDeps: SlotDeps;
  instance: string;
  log: Logger;
  clock(): number;
  /** Stands before the disk of builds. */
  through(port: string, opened: typeof DISK_OF_BUILDS): typeof DISK_OF_BUILDS;
};

/** @param undo gets everything that is to be closed */
export async function openImages(deps: ImageDeps, undo: AsyncDisposableStack) {
  const { config, store, engine, courses, jobs, clock, log } = deps;
  const { containers, images, transfers, builder } = engine;
  const room = await openRevisionRoom({
    store,
    engine,
    courses,
    config,
    runsFolder: deps.slotDeps.runsFolder,
    instance: deps.instance,
    clock,
    jobs,
    shipped: await readShipped(ENVIRONMENTS_FOLDER),
    slots: onTheSpot(deps.slotDeps),
    untilQuiet: untilQuiet(deps.queue),
    failed: (err: unknown) => log.error({ err }, 'looking after revisions failed'),
  });
  undo.defer(() => room.close());
  const { environments, revisions } = room;
  const disk = deps.through('builds', DISK_OF_BUILDS);
  const sources = openBuildSources(join(config.data, 'environments'), undefined, disk);
  await sources.settle();
  const refuses = (from: string) => whyBaseRefused(from, config.images, false);
  const { sharing, credentials } = openSharing(config, {
    containers,
    images,
    transfers,
    builder,
    find: async (name) => environments.find(name),
    untilListed: (wanted) => untilListed(environments, ({ name }) => name === wanted),
    announce: revisions.announce,
    shipped: ENVIRONMENTS_FOLDER,
    own: () => readOwnBuilds({ engine, sources, config: config.build, refuses, clock }),
  });
  const builds = createBuilds({
    engine,
    environments,
    jobs,
    sources,
    clock,
    config: config.build,
    runtimes: config.runtimes,
    revisions,
    refuses,
  });
  return { room, environments, revisions, sharing, credentials, builds, updates: updatesOf(sharing) };
}
