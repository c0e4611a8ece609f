/** A real server of the benchmark's own: temporary data, the benchmark's course, students without passwords. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { askedStarts, loadConfig } from '../../server/config/config.ts';
import { instanceOf } from '../../server/main/all-in-one.ts';
import { createLog } from '../../server/main/log.ts';
import type { Role, User } from '../../server/model/collections.ts';
import { createSessions } from '../../server/people/sessions.ts';
import { INSTANCE_LABEL, SLOT_LABEL } from '../../server/ports/engine/container-labels.ts';
import { SESSION_COOKIE } from '../../server/site/door/session.ts';
import type { Bench, RunningServer } from '../context.ts';
import { untilIdle } from '../idle.ts';
import { COURSE, writeCourse } from './course.ts';

export type House = RunningServer & {
  signal: AbortSignal;
  user(role?: Role): Promise<User>;
  /** The Cookie header of a signed-in user. */
  cookie(user: User): Promise<string>;
  /** Settles when all expected slots wait, nothing is being made or cleaned up, and the processors are idle. */
  untilQuiet(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** More than one slot for each key in use, independent of the default. */
const MAX_IDLE = 16;
const QUIET_TIMEOUT_MS = 120_000;
const POLL_MS = 5;

export async function openHouse(bench: Bench, options: Record<string, unknown> = {}): Promise<House> {
  await using undo = new AsyncDisposableStack();
  const data = await mkdtemp(join(bench.folder, 'gradeport-bench-'));
  undo.defer(() => rm(data, { recursive: true, force: true }));
  const courses = join(data, 'courses');
  await writeCourse(courses);
  const given = { data, courses: [courses], port: 0, host: '127.0.0.1', logLevel: 'error', testFirst: 'no' };
  // One account hands in what a class would.
  const submissions = { perMinute: 1e9, bytesPerHour: 1e12 };
  const config = loadConfig({
    publicUrl: null,
    pool: { maxIdle: MAX_IDLE },
    submissions,
    ...given,
    ...options,
  });
  const server = await bench.startServer(config, createLog(config.logLevel));
  undo.defer(() => server.close());
  const engine = openEngine(askedStarts(config));
  undo.defer(() => engine.close());
  const instance = await instanceOf(data);
  const sessions = createSessions(server.store, Date.now);

  /** Slots of this house that have a container, including those being removed. */
  async function slotsOnEngine(): Promise<number> {
    const ours = await engine.containers.list(INSTANCE_LABEL, instance);
    return new Set(ours.map(({ labels }) => labels[SLOT_LABEL])).size;
  }

  async function isQuiet(): Promise<boolean> {
    const { opening, keys } = server.slots.stats();
    if (opening > 0 || keys.some(({ idle, target }) => idle < target)) return false;
    return (await slotsOnEngine()) === server.slots.stats().idle;
  }

  async function untilQuiet(): Promise<void> {
    const deadline = performance.now() + QUIET_TIMEOUT_MS;
    while (!(await isQuiet())) {
      bench.signal.throwIfAborted();
      if (performance.now() > deadline) throw new Error('The pool did not become full and quiet.');
      await sleep(POLL_MS);
    }
    await untilIdle();
  }

  const stops = undo.move();
  return {
    ...server,
    signal: bench.signal,
    user: async (role = 'student') => {
      const user = newUser(role);
      await server.store.users.insert(user);
      return user;
    },
    cookie: async ({ id }) => `${SESSION_COOKIE}=${await sessions.open(id)}`,
    untilQuiet,
    [Symbol.asyncDispose]: () => stops.disposeAsync(),
  };
}

export function newUser(role: Role): User {
  const id = randomUUID();
  return {
    id,
    name: `bench-${id}`,
    displayName: 'Bench',
    // No one can sign in with it: no hash has this form.
    passwordHash: 'none',
    operator: false,
    roles: { [COURSE]: role },
    createdAt: new Date().toISOString(),
  };
}
