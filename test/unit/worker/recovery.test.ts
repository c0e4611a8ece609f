/** What becomes of runs whose worker stopped, was stopped by a person, or lost sight of them. */
import { expect, test, vi } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import { takeUpLost } from '../../../server/worker/recovery.ts';
import { openWorkerHouse, passes } from '../../support/worker/worker-house.ts';

/** Says that it began, and fails once its signal is aborted, as containers that are taken away do. */
function waiting() {
  const begun = Promise.withResolvers<void>();
  const execute: Executor = async ({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(new Error('taken away')));
    begun.resolve();
    return promise;
  };
  return { execute, begun: begun.promise };
}

test('a run in progress goes back to the queue when the server stops, and that is no failure', async () => {
  const { execute, begun } = waiting();
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  await begun;
  await house.worker.close();
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', attempt: 1, failures: 0 });
  expect(house.eventsOf(run)).not.toContain('done');
});

test('a verdict that comes while the server stops is not stored: the next start grades anew', async () => {
  const begun = Promise.withResolvers<void>();
  const execute: Executor = async (request) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    request.signal.addEventListener('abort', () => resolve());
    begun.resolve();
    await promise;
    return passes(request);
  };
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  await begun.promise;
  await house.worker.close();
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', failures: 0, outcome: null });
});

test('a run that is being claimed when the server stops is left to the next start', async () => {
  const house = await openWorkerHouse();
  await house.worker.start();
  const run = await house.stored('run');
  const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { update } = house.store.runs;
  vi.spyOn(house.store.runs, 'update').mockImplementationOnce(async (...given) => {
    asked.resolve();
    await go.promise;
    return update(...given);
  });
  await house.queue.push(run, { owner: 'ada', course: 'c1' });
  await asked.promise;
  const closed = house.worker.close();
  go.resolve();
  await closed;
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', failures: 0, outcome: null });
});

test('a run that a person stops is killed, and is not tried again', async () => {
  const { execute, begun } = waiting();
  const house = await openWorkerHouse({ execute });
  const run = await house.stored('run');
  await house.worker.start();
  await begun;
  expect(await house.worker.stop(run)).toBe('stopping');
  expect(await house.verdictOf(run)).toBe('killed');
  expect(await house.store.runs.get(run)).toMatchObject({ attempt: 1, failures: 0 });
  expect(await house.worker.stop('another')).toBeNull();
});

test('a start counts the death of the server before it as a failure, and takes runs by the order of arrival', async () => {
  const house = await openWorkerHouse();
  const later = await house.stored('later', { queuedAt: '2026-11-20T10:00:02.000Z' });
  const first = await house.stored('first', {
    queuedAt: '2026-11-20T10:00:01.000Z',
    state: 'running',
    attempt: 1,
  });
  await house.worker.start();
  await Promise.all([house.verdictOf(first), house.verdictOf(later)]);
  const done = house.events.filter(({ type }) => type === 'done').map(({ runId }) => runId);
  expect(done).toEqual([first, later]);
  expect(await house.store.runs.get(first)).toMatchObject({ attempt: 2, failures: 1 });
});

test('after a start owners take turns as before it, and a group is one owner', async () => {
  const house = await openWorkerHouse();
  const at = (second: number) => ({
    queuedAt: new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString(),
  });
  for (const nth of [0, 1, 2, 3]) await house.stored(`ada${nth}`, at(nth));
  const team = { group: 'group', name: 'Group', by: 'bob', members: ['bob', 'eve'] };
  for (const nth of [0, 1])
    await house.stored(`group${nth}`, { ...at(10 + nth), team, userId: `member${nth}` });
  await house.stored('eve', { ...at(20), userId: 'eve' });
  await house.worker.start();
  await house.verdictOf('ada3');
  const done = house.events.filter(({ type }) => type === 'done').map(({ runId }) => runId);
  expect(done).toEqual(['ada0', 'group0', 'eve', 'ada1', 'group1', 'ada2', 'ada3']);
});

test('runs that wait nowhere and runs that no worker has are taken up; others are left alone', async () => {
  const house = await openWorkerHouse();
  const lost = await house.stored('lost');
  const claimed = await house.stored('claimed', { state: 'running', attempt: 1 });
  const mine = await house.stored('mine', { state: 'running', attempt: 1 });
  const over = await house.stored('over', { state: 'done' });
  const told: string[] = [];
  const { store, queue } = house;
  const publish = (runId: string) => void told.push(runId);
  await takeUpLost({ store, queue, publish, isRunning: (run) => run === mine });
  expect(told.sort()).toEqual([claimed, lost]);
  const positions = await Promise.all([lost, claimed, mine, over].map((run) => queue.position(run)));
  expect(positions.map((position) => position !== null)).toEqual([true, true, false, false]);
  expect(await store.runs.get(claimed)).toMatchObject({ state: 'queued', attempt: 1, failures: 0 });
  expect(await store.runs.get(mine)).toMatchObject({ state: 'running' });
  // A second look finds them in the queue.
  await takeUpLost({ store, queue, publish, isRunning: (run) => run === mine });
  expect(told).toHaveLength(2);
});
