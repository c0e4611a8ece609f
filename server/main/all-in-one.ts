/** Composition root of `npm start`: store → engine → images → grading → site, all in one process. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createLocalEvents } from '../adapters/events-local/local-events.ts';
import { openEngine } from '../adapters/open-engine.ts';
import { openQueue } from '../adapters/open-queue.ts';
import { openStore } from '../adapters/open-store.ts';
import {
  askedStarts,
  type Config,
  courseFolders,
  defaultEnvironments,
  ENVIRONMENTS_FOLDER,
  installationOf,
  PROJECT_FOLDER,
} from '../config/config.ts';
import { installationId } from '../config/installation-id.ts';
import { openCourses } from '../courses/catalogue.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { warmUpFiles } from '../courses/inginious/read-files.ts';
import { warmUpTexts } from '../courses/text/render.ts';
import { stillUnbuilt } from '../environments/builds/bases/unbuilt.ts';
import type { Revisions } from '../environments/revisions/port.ts';
import { createCompiledApi } from '../execution/slots/compiled-api.ts';
import type { SlotPool } from '../execution/slots/slot-pool.ts';
import { createJobs } from '../jobs/jobs.ts';
import type { UnbuiltEnvironment } from '../model/unbuilt.ts';
import { tellUsersTheirTeams } from '../people/teams.ts';
import type { RunEvents } from '../ports/run-events.ts';
import type { Store } from '../ports/store.ts';
import { createMeters } from '../site/api/meters.ts';
import { createTerminals } from '../site/live/terminals.ts';
import { openAmounts } from '../submissions/admission/amounts.ts';
import type { Grading } from '../submissions/port.ts';
import { buildPages } from './build-pages.ts';
import { noticing } from './notice-engine.ts';
import { openGrading } from './open-grading.ts';
import { openImages } from './open-images.ts';
import { openSite } from './open-site.ts';
import { openTaskFiles } from './open-task-files.ts';
import { watchAttacks, watchWeaknesses } from './watch-attacks.ts';
import { readLoopDelay, watchLoop } from './watch-loop.ts';

export type RunningServer = {
  /** The address that people type. */
  url: string;
  /** Where the server really listens; another address than `url` behind a proxy. */
  listening: string;
  store: Store;
  grading: Grading;
  catalogue: CourseCatalogue;
  slots: SlotPool;
  revisions: Revisions;
  events: RunEvents;
  close(): Promise<void>;
};

/**
 * Marks the containers of one installation, so that another one on the same engine is left alone. In containers all have the
 * same path.
 */
export const instanceOf = async (data: string): Promise<string> =>
  `server:${data}@${await installationId(data)}`;

/** Stands before a port: tests see every call through it, and let some fail. */
export type Through = <T extends object>(port: string, opened: T) => T;
const straight: Through = (_port, opened) => opened;

type StartOptions = {
  /** For development: views are read again for each page, and the caller builds scripts and styles. */
  dev?: boolean;
  through?: Through;
  /** Environments that this start could not build. */
  unbuilt?: readonly UnbuiltEnvironment[];
};

/** @param prepare called with the open store before anything is served: first accounts, demo course */
export async function startServer(
  config: Config,
  log: Logger,
  prepare: (store: Store) => Promise<void> = async () => {},
  { dev = false, through = straight, unbuilt = [] }: StartOptions = {},
): Promise<RunningServer> {
  await using undo = new AsyncDisposableStack();
  const clock = through('clock', Date.now);
  const meters = createMeters({ clock, ofProcess: true });
  undo.defer(watchAttacks({ log, count: meters.stopped, clock }));
  undo.defer(watchWeaknesses(log));
  const store = through('store', await openStore(config));
  undo.defer(() => store.close());
  await prepare(store);
  await tellUsersTheirTeams(store);
  const webFolder = join(PROJECT_FOLDER, 'web');
  if (!dev) await buildPages(webFolder);
  const tools = { config, store, log, clock, through };
  const parts = { ...tools, ...(await openParts(tools, undo)) };
  const { engine, courses, events, terminals, instance } = parts;
  const { taskFiles, taskOf } = undo.use(openTaskFiles({ ...tools, courses }));
  const { containers } = engine;
  const installation = installationOf(instance);
  const compiled = createCompiledApi({ containers, installation, log }, join(config.data, 'compiled'));
  undo.defer(() => compiled.close());
  const slotDeps = { containers, installation, runsFolder: join(config.data, 'runs'), compiled };
  const found = await openImages({ ...parts, slotDeps, through }, undo);
  warmUpTexts();
  warmUpFiles();
  const { room, revisions } = found;
  undo.use(watchLoop({ read: readLoopDelay(), saw: meters.loopWas, log, clock }));
  const { slots, gradeReturns, worker, grading } = openGrading(
    { ...parts, ...found, taskFiles, taskOf, slotDeps, readers: [room, meters] },
    undo,
  );
  const way = () =>
    containers.way().then(
      ({ name }) => name,
      () => null,
    );
  const site = {
    ...parts,
    ...found,
    way,
    meters,
    grading,
    paused: worker.paused,
    awaited: worker.awaited,
    unbuilt: () => stillUnbuilt(engine.images, ENVIRONMENTS_FOLDER, unbuilt),
    slots,
    webFolder,
    events,
    terminals,
  };
  const url = await openSite({ ...site, cacheViews: !dev, onArrival: gradeReturns.arrived }, undo);
  undo.defer(() => gradeReturns.close());
  undo.defer(() => worker.close());
  await worker.start();
  await gradeReturns.start();
  // This follows the sweep of containers that an earlier process left.
  await room.begin();
  const stops = undo.move();
  return {
    url: config.publicUrl ?? url,
    listening: url,
    store,
    grading,
    catalogue: courses,
    slots,
    revisions,
    events,
    close: () => stops.disposeAsync(),
  };
}

type PartDeps = { config: Config; store: Store; log: Logger; clock(): number; through: Through };

/** Opens the parts that the rooms share. */
async function openParts({ config, store, log, clock, through }: PartDeps, undo: AsyncDisposableStack) {
  const amounts = await openAmounts({ store, bounds: config.submissions, log });
  undo.defer(() => amounts.close());
  const opened = openEngine(askedStarts(config));
  undo.defer(() => opened.close());
  const engine = through('engine', { ...opened, containers: noticing(opened.containers, log, clock) });
  const jobs = createJobs({
    clock,
    failed: (err, errorId) => log.error({ err, errorId }, 'a job failed'),
  });
  undo.defer(() => jobs.close());
  const courses = openCourses(courseFolders(config), {
    defaults: defaultEnvironments(config),
    warn: (message) => log.warn(message),
  });
  undo.defer(() => courses.close());
  const queue = await openQueue({ kind: 'in-process', maxWaiting: config.maxWaiting });
  const events = createLocalEvents({
    now: clock,
    failed: (err) => log.error({ err }, 'a reader of run events failed'),
  });
  undo.defer(() => events.close());
  return {
    amounts,
    engine,
    jobs,
    courses: through('courses', courses),
    queue: through('queue', queue),
    events: through('events', events),
    terminals: createTerminals(),
    instance: await instanceOf(config.data),
  };
}
