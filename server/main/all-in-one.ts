/** Composition root: config → log → store → queue → engine → app → listen; and the list of what to stop. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { buildClient } from '../../web/build.ts';
import { createLocalEvents } from '../adapters/events-local/local-events.ts';
import { openEngine } from '../adapters/open-engine.ts';
import { openQueue } from '../adapters/open-queue.ts';
import { openStore } from '../adapters/open-store.ts';
import {
  type Config,
  courseFolders,
  defaultEnvironments,
  ENVIRONMENTS_FOLDER,
  installationOf,
  PROJECT_FOLDER,
} from '../config/config.ts';
import { openCourses } from '../courses/catalogue.ts';
import { openBuildSources } from '../environments/builds/build-sources.ts';
import { createBuilds } from '../environments/builds/builds.ts';
import { readShipped } from '../environments/discovery/shipped.ts';
import { openSharing } from '../environments/open-sharing.ts';
import { whyBaseRefused } from '../environments/registries/policy.ts';
import type { Revisions } from '../environments/revisions/port.ts';
import { readOwnBuilds } from '../environments/updates/own-builds.ts';
import { updatesOf } from '../environments/updates/update.ts';
import { whyNewer } from '../environments/updates/update-plan.ts';
import { createCompiledApi } from '../execution/slots/compiled-api.ts';
import { onTheSpot } from '../execution/slots/slot.ts';
import { createSlotPool, type SlotPool } from '../execution/slots/slot-pool.ts';
import { createJobs } from '../jobs/jobs.ts';
import { untilQuiet } from '../jobs/until-quiet.ts';
import { createGradeReturns } from '../lti/grade-returns.ts';
import { createPost } from '../lti/post.ts';
import { createSessions } from '../people/sessions.ts';
import { createSignIn } from '../people/sign-in.ts';
import { ownersById, tellUsersTheirTeams } from '../people/teams.ts';
import { createUsers } from '../people/users.ts';
import type { RunEvents } from '../ports/run-events.ts';
import type { Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { createMeters } from '../site/api/meters.ts';
import { createApp } from '../site/app.ts';
import { createLive, type Live } from '../site/live/gateway.ts';
import { createTerminals } from '../site/live/terminals.ts';
import type { Grading } from '../submissions/port.ts';
import { countedRun } from '../submissions/progress.ts';
import { createSubmissions } from '../submissions/service.ts';
import { createVerdictWaiters } from '../submissions/verdict-waiters.ts';
import { createWorker } from '../worker/worker.ts';
import { openRevisionRoom } from './open-environments.ts';
import { openExecutor } from './open-executor.ts';
import { openTaskFiles } from './open-task-files.ts';

export type RunningServer = {
  /** What browsers type. */
  url: string;
  /** Where it really listens; another address than `url` behind a proxy. */
  listening: string;
  store: Store;
  grading: Grading;
  slots: SlotPool;
  revisions: Revisions;
  events: RunEvents;
  close(): Promise<void>;
};

const PURGE_SESSIONS_MS = 60 * 60 * 1000;

/** Marks the containers of one installation, so that another one on the same engine is left alone. */
export const instanceOf = (data: string): string => `server:${data}`;

/**
 * @param prepare called with the open store before anything is served: first accounts, demo course
 * @param dev for development: views are read again for each page, and the caller builds scripts and styles
 */
export async function startServer(
  config: Config,
  log: Logger,
  prepare: (store: Store) => Promise<void> = async () => {},
  { dev = false }: { dev?: boolean } = {},
): Promise<RunningServer> {
  await using undo = new AsyncDisposableStack();
  const clock = Date.now;
  const store = await openStore(config);
  undo.defer(() => store.close());
  await prepare(store);
  await tellUsersTheirTeams(store);
  const webFolder = join(PROJECT_FOLDER, 'web');
  if (!dev) await buildClient({ outFolder: join(webFolder, 'dist') });
  const engine = openEngine(config.containers);
  undo.defer(() => engine.close());
  const { containers, images, transfers, builder } = engine;
  const jobs = createJobs({ clock, failed: (err, errorId) => log.error({ err, errorId }, 'a job failed') });
  undo.defer(() => jobs.close());
  const courses = openCourses(courseFolders(config), {
    defaults: defaultEnvironments(config),
    warn: (message) => log.warn(message),
  });
  undo.defer(() => courses.close());
  const { taskFiles, taskOf } = undo.use(openTaskFiles({ store, courses, config, log, clock }));
  const queue = await openQueue({ kind: 'in-process', maxWaiting: config.maxWaiting });
  const events = createLocalEvents({
    now: clock,
    failed: (err) => log.error({ err }, 'a reader of run events failed'),
  });
  undo.defer(() => events.close());
  const terminals = createTerminals();
  const meters = createMeters({ clock, ofProcess: true });
  const instance = instanceOf(config.data);
  const runsFolder = join(config.data, 'runs');
  const installation = installationOf(instance);
  const compiled = createCompiledApi({ containers, installation, log }, join(config.data, 'compiled'));
  const room = await openRevisionRoom({
    ...{ store, engine, courses, config, runsFolder, instance, clock, jobs },
    shipped: await readShipped(ENVIRONMENTS_FOLDER),
    slots: onTheSpot({ containers, installation, runsFolder, compiled }),
    untilQuiet: untilQuiet(queue),
    failed: (err: unknown) => log.error({ err }, 'looking after revisions failed'),
  });
  undo.defer(() => room.close());
  const { environments, revisions } = room;
  const sources = openBuildSources(join(config.data, 'environments'));
  await sources.settle();
  const refuses = (from: string) => whyBaseRefused(from, config.images, false);
  const { sharing, credentials } = openSharing(config, {
    ...{ containers, images, transfers, builder },
    find: async (name) => environments.find(name),
    announce: revisions.announce,
    shipped: ENVIRONMENTS_FOLDER,
    own: () => readOwnBuilds({ engine, sources, config: config.build, refuses, clock }),
  });
  const builds = createBuilds({
    ...{ engine, environments, jobs, sources, clock },
    config: config.build,
    runtimes: config.runtimes,
    revisions,
    refuses,
  });
  const updates = updatesOf(sharing);
  const slots = createSlotPool({ containers, installation, runsFolder, compiled }, config.pool, log, clock);
  undo.defer(() => slots.close());
  environments.onChange(() => slots.keepOnly(environments.digests()));
  const place = { table: config.runtimes, ceilings: config.ceilings };
  const execute = openExecutor(config, { containers, environments, slots });
  const gradeReturns = createGradeReturns({
    ...{ store, courses, clock, log, post: createPost(config.lti.privateHosts) },
    counted: async ({ course, task: id, userId }) => {
      const task = await courses.task(course, id);
      return task && countedRun(store, { owners: await ownersById(store, userId), staff: true }, task);
    },
    last: async ({ userId, ...task }) =>
      store.submissions.findOne({ ...task, userId: await ownersById(store, userId) }, { sort: { at: -1 } }),
  });
  const verdicts = createVerdictWaiters();
  // Who reads the events of runs, beside the pages that follow one.
  for (const reader of [room, meters, gradeReturns, verdicts]) events.subscribe(reader.saw);
  const shared = { store, queue, courses, environments, taskFiles, taskOf, publish: events.append, clock };
  const worker = createWorker({
    ...shared,
    terminals,
    execute,
    log,
    containers,
    instance,
    runsFolder,
    concurrency: config.concurrency,
  });
  const grading = createSubmissions({
    ...shared,
    place,
    limits: { maxTextBytes: config.maxTextBytes, maxFileBytes: config.maxUploadBytes },
    verdicts,
    commands: worker,
    newId: randomUUID,
  });
  const users = createUsers(store, clock);
  const sessions = createSessions(store, clock);
  let live: Live | null = null;
  const app = createApp({
    store,
    courses,
    environments,
    revisions,
    jobs,
    sharing,
    credentials,
    updates,
    builds,
    grading,
    slots,
    meters,
    sessions,
    signIn: createSignIn(users),
    setRole: users.setRole,
    leaveCourse: users.leaveCourse,
    config,
    webFolder,
    cacheViews: !dev,
    log,
    clock,
    onSignOut: (token) => live?.signedOut(token),
    onArrival: gradeReturns.arrived,
  });
  const server = createServer(app);
  live = createLive({
    server,
    store,
    courses,
    environments,
    revisions,
    whyNewer: whyNewer(updates),
    jobs,
    sessions,
    events,
    terminals,
    position: grading.position,
    publicUrl: config.publicUrl,
    log,
    clock,
  });
  undo.defer(() => stopListening(server, live));
  const url = await listen(server, config);
  undo.defer(() => gradeReturns.close());
  undo.defer(() => worker.close());
  await worker.start();
  await gradeReturns.start();
  // After the sweep of containers that an earlier process left.
  await room.begin();
  const purging = setInterval(
    () => void sessions.purge().catch((err: unknown) => log.error({ err })),
    PURGE_SESSIONS_MS,
  );
  undo.defer(() => clearInterval(purging));
  const stops = undo.move();
  return {
    url: config.publicUrl ?? url,
    listening: url,
    store,
    grading,
    slots,
    revisions,
    events,
    close: () => stops.disposeAsync(),
  };
}

function listen(server: Server, { host, port }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      const shown =
        host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
      resolve(`http://${shown}:${actual}`);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new GradeportError(
      'conflict',
      `Port ${port} is in use by another program. Stop it, or choose another port: npm start -- --port ${port + 1}`,
      { cause: error },
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new GradeportError('usage', `This machine has no address "${host}" to listen on; see --host.`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new GradeportError(
      'denied',
      `Port ${port} may be opened by root only; choose one above 1023 with --port.`,
      { cause: error },
    );
  }
  return error;
}

async function stopListening(server: Server, live: Live | null): Promise<void> {
  live?.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
