/** The live room on a real port, with real sessions and a real store; browsers are socket.io clients. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { afterAll } from 'vitest';
import { createLocalEvents } from '../../../server/adapters/events-local/local-events.ts';
import type { RunEvent } from '../../../server/model/run-events.ts';
import { createLive } from '../../../server/site/live/gateway.ts';
import { createTerminals } from '../../../server/site/live/terminals.ts';
import type { Ack, ClientToServer, JoinRun, RunStep, ServerToClient } from '../../../web/events.ts';
import { taskAt } from '../http/grading.ts';
import { openHouse } from '../http/house.ts';
import { createHandTimer } from './events.ts';

export type Browser = Socket<ServerToClient, ClientToServer>;
export type LiveHouse = Awaited<ReturnType<typeof openLiveHouse>>;

/** Browsers of this server: with a session's cookie, from its own pages or others'. */
function browsersAt(url: string) {
  const browsers = new Set<Browser>();
  function browser(
    cookie: string | null,
    headers: Record<string, string> = { origin: url },
    transport = 'websocket',
  ) {
    const extraHeaders = { ...headers, ...(cookie !== null && { cookie }) };
    const socket: Browser = io(url, {
      transports: [transport],
      extraHeaders,
      reconnection: false,
      forceNew: true,
    });
    browsers.add(socket);
    return socket;
  }
  return {
    browser,
    async connected(cookie: string): Promise<Browser> {
      const socket = browser(cookie);
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
      return socket;
    },
    disconnect(): void {
      for (const socket of browsers) socket.disconnect();
    },
  };
}

export async function openLiveHouse() {
  const house = await openHouse();
  const hand = createHandTimer();
  const server = createServer(house.app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue: { place: number | null } = { place: 0 };
  const position = async () => queue.place;
  const events = createLocalEvents({ now: () => house.time.now });
  const terminals = createTerminals();
  const log = { error: (entry: unknown) => void house.errors.push(entry) };
  const live = createLive({
    server,
    events,
    terminals,
    position,
    log,
    publicUrl: null,
    timer: hand.timer,
    store: house.store,
    courses: house.courses,
    environments: house.environments.catalogue,
    revisions: house.deps.revisions,
    whyNewer: () => null,
    jobs: house.jobs,
    sessions: house.sessions,
    clock: () => house.time.now,
  });
  const { browser, connected, disconnect } = browsersAt(url);

  const [eve, mallory, tess] = await Promise.all([
    house.person('eve', 'student'),
    house.person('mallory', 'student'),
    house.person('tess', 'teacher'),
  ]);

  /** A run of eve's. */
  async function submit(task: string): Promise<string> {
    const result = await house.grading.submit(eve.user, taskAt('c1', task), new Map([['q1', 'x']]));
    return result.ok ? result.run : '';
  }

  function publish(run: string, list: readonly RunEvent[]): void {
    for (const event of list) void events.append(run, event);
  }

  return {
    eve,
    mallory,
    tess,
    submit,
    publish,
    house,
    hand,
    server,
    url,
    queue,
    events,
    terminals,
    live,
    browser,
    connected,
    async close() {
      disconnect();
      live.close();
      events.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house.close();
    },
  };
}

/** One for all tests of a file; closed after the last. */
export async function sharedLiveHouse(): Promise<LiveHouse> {
  const room = await openLiveHouse();
  afterAll(() => room.close());
  return room;
}

export const join = (socket: Browser, run: string, seen: Partial<JoinRun> = {}) =>
  ask<{ steps: RunStep[] }>((reply) =>
    socket.emit('run:join', { run, attempt: 0, after: 0, ...seen }, reply),
  );

export const ask = <T>(send: (reply: (answer: Ack<T>) => void) => void): Promise<Ack<T>> => new Promise(send);

export const refused = (socket: Browser): Promise<Error> =>
  new Promise((resolve, reject) => {
    socket.once('connect_error', resolve);
    socket.once('connect', () => reject(new Error('it was let in')));
  });

export const gone = (socket: Browser): Promise<string> =>
  new Promise((resolve) => socket.once('disconnect', (reason) => resolve(reason)));

/** The next steps of any run, as they arrive. */
export function steps(socket: Browser, count: number): Promise<RunStep[]> {
  const heard: RunStep[] = [];
  return new Promise((resolve) => {
    socket.on('run:step', function hear(_run, step) {
      heard.push(step);
      if (heard.length < count) return;
      socket.off('run:step', hear);
      resolve(heard);
    });
  });
}

export const types = (list: RunStep[]): string[] =>
  list.map((step) => `${step.attempt}.${step.seq} ${step.type}`);

export function value<T>(answer: Ack<T>): T {
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}
