/** Live updates: socket.io on the server's own port. Every connection belongs to a signed-in user. */
import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server } from 'socket.io';
import { ENGLISH, LANGUAGES } from '../../../web/languages.ts';
import type { CourseCatalogue } from '../../courses/catalogue-types.ts';
import { AUDIENCES, audienceOf } from '../../environments/discovery/audience.ts';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { Revisions } from '../../environments/revisions/port.ts';
import type { Jobs } from '../../jobs/port.ts';
import type { Sessions } from '../../people/sessions.ts';
import { systemTimer, type Timer } from '../../ports/clock.ts';
import type { RunEvents } from '../../ports/run-events.ts';
import type { Store } from '../../ports/store.ts';
import { environmentList, type WhyNewer } from '../show/environments/environment.ts';
import { createDoor, type Visitor } from './admit-socket.ts';
import { converse, type LiveServer, type LiveSocket } from './conversation.ts';
import { environmentsRoom, isInEnvironments, joinEnvironments } from './environments-room.ts';
import { createJobRooms } from './job-rooms.ts';
import { createRunRooms } from './run-rooms.ts';
import type { StorySources } from './run-story.ts';
import { createTerminalRoom } from './terminal-room.ts';
import type { Terminals } from './terminals.ts';
import { createTurnsOfUsers, type TurnsOfUsers } from './turns-of-users.ts';

export type LiveDeps = {
  server: HttpServer;
  store: Pick<Store, 'runs'>;
  courses: Pick<CourseCatalogue, 'get'>;
  environments: EnvironmentCatalogue;
  revisions: Pick<Revisions, 'onChange'>;
  whyNewer: WhyNewer;
  jobs: Pick<Jobs, 'get' | 'log' | 'printed' | 'onChange'>;
  sessions: Pick<Sessions, 'resolve'>;
  events: RunEvents;
  terminals: Pick<Terminals, 'find'>;
  position: StorySources['position'];
  publicUrl: string | null;
  log: Pick<Logger, 'error'>;
  clock: () => number;
  timer?: Timer;
};
export type Live = {
  /** Called after a sign-out: closes every connection of that session. */
  signedOut(token: string): void;
  /** Closes connections of ended sessions, and removes users who lost their role from rooms. Also runs on a timer. */
  recheck(): Promise<void>;
  /** Sends each waiting run's place in the queue to its followers. Also runs on a timer. */
  tellPositions(): Promise<void>;
  /** Does not close the HTTP server. */
  close(): void;
};

const RECHECK_MS = 15_000;
const POSITIONS_MS = 1000;
/** An engine that starts reports every image at once: one message covers them all. */
const GATHER_MS = 50;
/** The longest message of a page is a piece of a paste: 2048 characters, 6 KiB. */
const MAX_MESSAGE_BYTES = 16 * 1024;
const MAX_SOCKETS_PER_USER = 50;
/** How long a page may take to accept a piece of terminal output. */
const TAKEN_MS = 10_000;

export function createLive(deps: LiveDeps): Live {
  const { environments, revisions, whyNewer, sessions, events, log, clock, timer = systemTimer } = deps;
  const door = createDoor(sessions, deps.publicUrl);
  const io: LiveServer = new Server(deps.server, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: door.allowRequest,
    connectTimeout: 10_000,
  });
  const turns = createTurnsOfUsers();
  const failed = (err: unknown, errorId: string): void => log.error({ err, errorId }, 'live message failed');
  const sockets = (): LiveSocket[] => [...io.sockets.sockets.values()];

  io.use((socket, next) => {
    const visitor = door.visitorOf(socket.request);
    if (!visitor) return next(new Error('Sign in first.'));
    const open = sockets().filter((other) => other.data.userId === visitor.user.id);
    if (open.length >= MAX_SOCKETS_PER_USER) return next(new Error('Too many pages are open.'));
    socket.data = dataOf(socket, visitor, { ...deps, turns }, timer);
    next();
  });
  io.on('connection', (socket) => converse(socket, { sessions, environments, whyNewer, clock, failed }));

  async function recheck(): Promise<void> {
    // A store that does not answer says nothing about a session: the next round asks again.
    await Promise.allSettled(sockets().map((socket) => recheckOne(socket, sessions)));
  }

  async function tellPosition(runId: string): Promise<void> {
    const position = await deps.position(runId);
    if (position !== null) await events.append(runId, { type: 'queued', position });
  }

  async function tellPositions(): Promise<void> {
    const waiting = new Set(sockets().flatMap((socket) => socket.data.rooms.waiting()));
    // A queue that does not answer is asked again in the next round.
    await Promise.allSettled([...waiting].map(tellPosition));
  }

  const { announce, stopAnnouncing } = createAnnouncer(io, deps, timer);
  // A pin changes the page of an environment, but not the list.
  const stopsWatching = [environments.onChange(announce), revisions.onChange(announce)];
  const stopRechecking = repeat(timer, RECHECK_MS, recheck);
  const stopPositions = repeat(timer, POSITIONS_MS, tellPositions);

  return {
    signedOut(token) {
      for (const socket of sockets()) if (socket.data.token === token) hangUp(socket);
    },
    recheck,
    tellPositions,
    close() {
      stopRechecking();
      stopPositions();
      for (const stop of stopsWatching) stop();
      stopAnnouncing();
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

/** What a new connection carries: its visitor, and what it follows. */
function dataOf(
  socket: LiveSocket,
  { token, user }: Visitor,
  { store, courses, events, position, terminals, jobs, clock, turns }: LiveDeps & { turns: TurnsOfUsers },
  timer: Timer,
): LiveSocket['data'] {
  const language = LANGUAGES.find(({ code }) => code === socket.handshake.auth['language']) ?? ENGLISH;
  return {
    token,
    userId: user.id,
    language,
    rooms: createRunRooms({ runs: store.runs, courses, events, position, turns }, language.t, (runId, step) =>
      socket.emit('run:step', runId, step),
    ),
    terminals: createTerminalRoom({ runs: store.runs, terminals, clock }, (runId, bytes, taken) =>
      // Answered or not: socket.io closes the connection of a page that went silent.
      socket.timeout(TAKEN_MS).emit('terminal:output', runId, bytes, taken),
    ),
    jobs: createJobRooms(jobs, timer, (news) => socket.emit('job:news', news)),
  };
}

async function recheckOne(socket: LiveSocket, sessions: LiveDeps['sessions']): Promise<void> {
  const user = await sessions.resolve(socket.data.token);
  if (!user) return hangUp(socket);
  socket.data.rooms.keepOnly(user);
  socket.data.terminals.keepOnly(user);
  socket.data.jobs.keepOnly(user);
  if (isInEnvironments(socket)) await joinEnvironments(socket, audienceOf(user));
}

/** Gathers the changes of a moment, and sends each audience its list of environments once. */
function createAnnouncer(io: LiveServer, { environments, whyNewer, clock }: LiveDeps, timer: Timer) {
  let announcing: (() => void) | null = null;
  const announce = (): void => {
    announcing ??= timer(() => {
      announcing = null;
      for (const audience of AUDIENCES) {
        for (const language of LANGUAGES) {
          const list = environmentList(environments, clock(), audience, whyNewer, language);
          io.to(environmentsRoom(audience, language.code)).emit('environments', list);
        }
      }
    }, GATHER_MS);
  };
  return { announce, stopAnnouncing: () => announcing?.() };
}

/** Closes without a goodbye: the page reconnects, is refused, and asks its reader to sign in. */
function hangUp(socket: LiveSocket): void {
  socket.data.rooms.leaveAll();
  socket.data.terminals.leaveAll();
  socket.data.jobs.leaveAll();
  socket.conn.close();
}

/** Repeats the work, each time after the last one is done; returns the function that stops it. */
function repeat(timer: Timer, everyMs: number, work: () => unknown): () => void {
  let stop = timer(run, everyMs);
  let stopped = false;
  async function run(): Promise<void> {
    await work();
    if (!stopped) stop = timer(() => void run(), everyMs);
  }
  return () => {
    stopped = true;
    stop();
  };
}
