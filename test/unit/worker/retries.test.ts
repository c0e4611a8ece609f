/** How often a worker tries a run that fails by our fault, and when it gives it up. */
import { expect, test, vi } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import { EnvironmentAway, type ErrorCode, GradeportError } from '../../../server/rules/errors.ts';
import { createTrials } from '../../../server/worker/machine-pause.ts';
import { openWorkerHouse, passes } from '../../support/worker/worker-house.ts';

/** Fails so many times, then passes. */
function failing(times: number, error: () => Error = () => new Error('A disk is broken.')) {
  const tried = { times: 0 };
  const execute: Executor = async (request) => {
    tried.times += 1;
    if (tried.times <= times) throw error();
    return passes(request);
  };
  return { execute, tried };
}
const withCode = (code: ErrorCode) => () => new GradeportError(code, `It is ${code}.`);

test('a run that fails twice by our fault is graded at the third try', async () => {
  const { execute, tried } = failing(2);
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('success');
  expect(tried.times).toBe(3);
  expect(await house.store.runs.get(run)).toMatchObject({ attempt: 3, failures: 2 });
  expect(house.eventsOf(run)).toEqual(['queued', 'requeued', 'requeued', 'done']);
});

test('a run that fails three times is given up as a system error, and holds up no other', async () => {
  const { execute, tried } = failing(Number.POSITIVE_INFINITY);
  const house = await openWorkerHouse({
    execute: (request) => (request.runId === 'run' ? execute(request) : passes(request)),
  });
  const [run, next] = [await house.stored('run'), await house.stored('next')];
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('system-error');
  expect(await house.verdictOf(next)).toBe('success');
  expect(tried.times).toBe(3);
  const done = house.events.filter(({ type }) => type === 'done').map(({ runId }) => runId);
  expect(done).toEqual([next, run]);
});

test('an engine that goes away each time is no failure, and ends no run while no other is graded', async () => {
  const { execute, tried } = failing(100, withCode('unreachable'));
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('success');
  expect(tried.times).toBe(101);
  expect(await house.store.runs.get(run)).toMatchObject({ attempt: 101, failures: 0 });
});

test('tries while the disk was full do not count when something else goes wrong afterwards', async () => {
  const tried = { times: 0 };
  const house = await openWorkerHouse({
    async execute(request) {
      tried.times += 1;
      if (tried.times <= 40) throw Object.assign(new Error('mkdir'), { code: 'ENOSPC' });
      if (tried.times === 41) throw new Error('A disk is broken.');
      return passes(request);
    },
  });
  const run = await house.stored('run');
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('success');
  expect(await house.store.runs.get(run)).toMatchObject({ attempt: 42, failures: 1 });
});

test('a run that ends the engine each time is given up once thirty others were graded meanwhile', async () => {
  const { execute, tried } = failing(Number.POSITIVE_INFINITY, withCode('unreachable'));
  const house = await openWorkerHouse({
    execute: (request) => (request.runId === 'run' ? execute(request) : passes(request)),
  });
  const run = await house.stored('run');
  await house.worker.start();
  for (let nth = 0; (await house.store.runs.get(run))?.state !== 'done'; nth++) {
    const before = tried.times;
    const other = await house.stored(`other${nth}`, { userId: 'bob' });
    await house.queue.push(other, { owner: 'bob', course: 'c1' });
    expect(await house.verdictOf(other)).toBe('success');
    await vi.waitFor(async () =>
      expect(tried.times > before || (await house.store.runs.get(run))?.state === 'done').toBe(true),
    );
  }
  expect(await house.verdictOf(run)).toBe('system-error');
  expect(tried.times).toBeGreaterThan(30);
});

const CPP = { environment: 'cpp', why: 'No image announces "cpp".', runs: 1 };
const awaits = ({ worker }: Awaited<ReturnType<typeof openWorkerHouse>>, what: object[]) =>
  vi.waitFor(() => expect(worker.awaited()).toEqual(what), { timeout: 20_000 });

test('an environment that is away for a time holds up only the runs that need it', async () => {
  const away = { is: true };
  const house = await openWorkerHouse({
    execute: async (request) => {
      if (away.is && request.runId === 'run') throw new EnvironmentAway('cpp', 'No image announces "cpp".');
      return passes(request);
    },
  });
  const [run, other] = [await house.stored('run'), await house.stored('other', { userId: 'bob' })];
  await house.worker.start();
  expect(await house.verdictOf(other)).toBe('success');
  await house.said(run, 'requeued');
  expect(house.worker.paused()).toBeNull();
  expect(house.worker.awaited()).toEqual([{ environment: 'cpp', why: 'No image announces "cpp".', runs: 1 }]);
  away.is = false;
  expect(await house.verdictOf(run)).toBe('success');
  expect(await house.store.runs.get(run)).toMatchObject({ failures: 0 });
  await awaits(house, []);
});

test('a run that is stopped while it waits for its environment waits for it no longer', async () => {
  const house = await openWorkerHouse({
    execute: async () => {
      throw new EnvironmentAway('cpp', 'No image announces "cpp".');
    },
  });
  const run = await house.stored('run');
  await house.worker.start();
  await awaits(house, [CPP]);
  await house.queue.remove(run);
  await house.worker.stop(run);
  await awaits(house, []);
});

test('a run that meets another fault than its environment waits for that environment no longer', () => {
  const trials = createTrials();
  trials.failed('run', new EnvironmentAway('cpp', 'No image announces "cpp".'));
  trials.failed('other', new EnvironmentAway('cpp', 'Its image is gone.'));
  expect(trials.awaited()).toEqual([{ environment: 'cpp', why: 'Its image is gone.', runs: 2 }]);
  trials.failed('run', new GradeportError('unreachable', 'The engine is away.'));
  expect(trials.awaited()).toEqual([{ environment: 'cpp', why: 'Its image is gone.', runs: 1 }]);
});

test.each([
  ['what another try would not mend is given up at once', 'conflict', 1],
  ['a task that stays away is given up in the end', 'not-found', 6],
] as const)('%s', async (_, code, times) => {
  const { execute, tried } = failing(Number.POSITIVE_INFINITY, withCode(code));
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('system-error');
  expect(tried.times).toBe(times);
});

test('a task whose folder is away for a moment is graded when it is back', async () => {
  const { execute } = failing(4, withCode('not-found'));
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('success');
});

test('a run that was there at ten deaths of its server is not tried again', async () => {
  const { execute, tried } = failing(0);
  const house = await openWorkerHouse({ execute });
  const ninth = await house.stored('ninth', { state: 'running', attempt: 9, failures: 8 });
  const tenth = await house.stored('tenth', { state: 'running', attempt: 10, failures: 9 });
  await house.worker.start();
  expect(await house.verdictOf(ninth)).toBe('success');
  expect(await house.verdictOf(tenth)).toBe('system-error');
  expect(tried.times).toBe(1);
});
