/** The requests that one connection may send. Every message is hostile until parsed. */
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import { z } from 'zod';
import {
  type Ack,
  type ClientToServer,
  joinJobSchema,
  joinRunSchema,
  type ServerToClient,
} from '../../../web/events.ts';
import type { PageLanguage } from '../../../web/languages.ts';
import { audienceOf } from '../../environments/discovery/audience.ts';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { Sessions } from '../../people/sessions.ts';
import { GradeportError } from '../../rules/errors.ts';
import { problemOf } from '../door/error-answer.ts';
import { environmentList, type WhyNewer } from '../show/environments/environment.ts';
import { joinEnvironments } from './environments-room.ts';
import type { JobRooms } from './job-rooms.ts';
import { createPace } from './message-rate.ts';
import type { RunRooms } from './run-rooms.ts';
import type { TerminalRoom } from './terminal-room.ts';

type Data = {
  token: string;
  userId: string;
  language: PageLanguage;
  rooms: RunRooms;
  terminals: TerminalRoom;
  jobs: JobRooms;
};
export type LiveServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, Data>;
export type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, Data>;

export type Talk = {
  sessions: Pick<Sessions, 'resolve'>;
  environments: EnvironmentCatalogue;
  whyNewer: WhyNewer;
  clock: () => number;
  /** Logs our own faults with the id that the browser got. */
  failed: (error: unknown, errorId: string) => void;
};

/** Pages collect keys for 40 ms; a paste arrives in pieces at the same pace. */
const KEYS_BURST = 200;
const KEYS_PER_SECOND = 50;
const runIdSchema = z.string().max(100);

export function converse(socket: LiveSocket, talk: Talk): void {
  const { rooms, terminals, jobs } = socket.data;
  const mayGoOn = createPace(talk.clock);
  const mayType = createPace(talk.clock, KEYS_BURST, KEYS_PER_SECOND);
  socket.use(([name], next) => {
    if (name === 'terminal:keys' ? mayType() : mayGoOn()) next();
    else socket.disconnect(true);
  });
  socket.on('disconnect', () => {
    rooms.leaveAll();
    terminals.leaveAll();
    jobs.leaveAll();
  });
  socket.on('terminal:join', (request, reply) =>
    answer(reply, talk, socket.data.language, async (tell) => {
      const user = await talk.sessions.resolve(socket.data.token);
      if (!user) return void socket.conn.close();
      const screen = await terminals.join(user, request);
      if (screen) tell(screen);
    }),
  );
  socket.on('terminal:size', terminals.resize);
  socket.on('terminal:keys', terminals.type);
  socket.on('terminal:finish', terminals.finish);
  socket.on('terminal:leave', terminals.leave);
  socket.on('run:join', (request, reply) =>
    answer(reply, talk, socket.data.language, async (tell) => {
      const seen = joinRunSchema.safeParse(request);
      if (!seen.success) throw new GradeportError('usage', 'A join names a run, an attempt and a number.');
      // Checked for every message: the session may have ended since the connection was made.
      const user = await talk.sessions.resolve(socket.data.token);
      if (!user) return void socket.conn.close();
      await rooms.join(user, seen.data, (steps) => tell({ steps }));
    }),
  );
  socket.on('run:leave', (runId) => {
    const parsed = runIdSchema.safeParse(runId);
    if (parsed.success) rooms.leave(parsed.data);
  });
  socket.on('job:join', (request, reply) =>
    answer(reply, talk, socket.data.language, async (tell) => {
      const asked = joinJobSchema.safeParse(request);
      if (!asked.success) throw new GradeportError('usage', 'A join names a job and a line.');
      const user = await talk.sessions.resolve(socket.data.token);
      if (!user) return void socket.conn.close();
      tell(jobs.join(user, asked.data));
    }),
  );
  socket.on('environments:join', (reply) =>
    answer(reply, talk, socket.data.language, async (tell) => {
      const user = await talk.sessions.resolve(socket.data.token);
      if (!user) return void socket.conn.close();
      const audience = audienceOf(user);
      await joinEnvironments(socket, audience);
      tell(environmentList(talk.environments, talk.clock(), audience, talk.whyNewer, socket.data.language));
    }),
  );
}

/** Runs the work and always answers. A message without a callback for the answer is dropped. */
function answer<T>(
  reply: (answer: Ack<T>) => void,
  talk: Talk,
  { t }: PageLanguage,
  work: (tell: (value: T) => void) => Promise<void>,
): void {
  if (typeof reply !== 'function') return;
  work((value) => reply({ ok: true, value })).catch((error: unknown) => {
    const { message, errorId } = problemOf(error, { operator: false }, t);
    if (errorId !== null) talk.failed(error, errorId);
    reply({ ok: false, error: message });
  });
}
