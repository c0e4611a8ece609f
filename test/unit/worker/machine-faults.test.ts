/** What a worker does while the store takes no writes, or the whole machine is in a bad state. */
import { expect, test, vi } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { openWorkerHouse, passes, type StoreFault } from '../../support/worker/worker-house.ts';

const FULL_ENGINE =
  '(HTTP code 500) server error - mkdir /var/lib/docker/overlay2/ab12-init: no space left on device';

test.each([
  ['another program keeps it busy', new GradeportError('busy', 'busy')],
  ['its disk is full', new GradeportError('no-space', 'full')],
  ['the database is away', new GradeportError('store-away', 'away')],
  ['its disk is broken', Object.assign(new Error('i/o'), { code: 'EIO' })],
])('a verdict that cannot be stored (%s) is kept, and stored later', async (_, error) => {
  const fault: StoreFault = { error: null };
  const execute = vi.fn<Executor>(async (request) => {
    fault.error = error;
    return passes(request);
  });
  const house = await openWorkerHouse({ execute, fault });
  const run = await house.stored('run');
  await house.worker.start();
  await vi.waitFor(() => expect(house.worker.paused()).not.toBeNull(), 20_000);
  expect(house.eventsOf(run)).not.toContain('done');
  fault.error = null;
  expect(await house.verdictOf(run)).toBe('success');
  expect(execute).toHaveBeenCalledOnce();
  expect(await house.store.runs.get(run)).toMatchObject({ attempt: 1, failures: 0 });
  expect(house.worker.paused()).toBeNull();
});

test('a run that cannot be claimed waits for the store, and costs no failure', async () => {
  const fault: StoreFault = { error: new GradeportError('busy', 'busy') };
  const house = await openWorkerHouse({ fault });
  await house.worker.start();
  const run = await house.stored('run');
  await house.queue.push(run, { owner: 'ada', course: 'c1' });
  await vi.waitFor(() => expect(house.worker.paused()).not.toBeNull(), 20_000);
  fault.error = null;
  expect(await house.verdictOf(run)).toBe('success');
  expect(await house.store.runs.get(run)).toMatchObject({ attempt: 1, failures: 0 });
});

test('a server that stops while a verdict cannot be stored leaves its run to the next start', async () => {
  const fault: StoreFault = { error: null };
  const execute: Executor = async (request) => {
    fault.error = new GradeportError('busy', 'busy');
    return passes(request);
  };
  const house = await openWorkerHouse({ execute, fault });
  const run = await house.stored('run');
  await house.worker.start();
  await vi.waitFor(() => expect(house.worker.paused()).not.toBeNull(), 20_000);
  await house.worker.close();
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'running', outcome: null });
});

/** An engine whose disk is full until the test has cleared it. */
function fullEngine(error = () => new Error(FULL_ENGINE)) {
  const engine = { full: true };
  const execute = vi.fn<Executor>(async (request) => {
    if (engine.full) throw error();
    return passes(request);
  });
  return { engine, execute };
}

test.each([
  ['a full disk of the engine', () => new Error(FULL_ENGINE)],
  ['too many open files', () => Object.assign(new Error('open'), { code: 'EMFILE' })],
  ['no memory for a container', () => new Error('fork/exec /usr/bin/runc: cannot allocate memory')],
])('%s burns no runs: they wait, one tries at a time, and all are graded', async (_, error) => {
  const { engine, execute } = fullEngine(error);
  const house = await openWorkerHouse({ execute, concurrency: 2 });
  const runs = ['a', 'b', 'c'];
  for (const id of runs) await house.stored(id, { userId: id });
  await house.worker.start();
  // Far more often than a run may fail.
  await vi.waitFor(() => expect(execute.mock.calls.length).toBeGreaterThan(40), 20_000);
  expect(house.worker.paused()).not.toMatch(/HTTP|\/|overlay/);
  expect(house.events.filter(({ type }) => type === 'done')).toEqual([]);
  engine.full = false;
  for (const id of runs) {
    expect(await house.verdictOf(id)).toBe('success');
    expect(await house.store.runs.get(id)).toMatchObject({ failures: 0 });
  }
  expect(house.worker.paused()).toBeNull();
});

test('a quiz is graded meanwhile, and a run that waits can be stopped', async () => {
  const { execute } = fullEngine();
  const house = await openWorkerHouse({ execute, concurrency: 3 });
  const [run, other] = [await house.stored('run'), await house.stored('other', { userId: 'bob' })];
  await house.worker.start();
  await vi.waitFor(() => expect(house.worker.paused()).not.toBeNull(), 20_000);
  const quiz = await house.stored('quiz', { task: 'quiz', userId: 'eve' });
  await house.queue.push(quiz, { owner: 'eve', course: 'c1' });
  expect(await house.verdictOf(quiz)).toBe('success');
  for (const id of [run, other]) {
    await vi.waitFor(async () => expect(await house.worker.stop(id)).toBe('stopping'), 20_000);
    expect(await house.verdictOf(id)).toBe('killed');
  }
});
