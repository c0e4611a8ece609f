/** Runs that wait for a person let others have their place, up to a number, and are still waited for at the end. */
import { expect, test, vi } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import type { TerminalLine } from '../../../server/ports/terminals.ts';
import { openWorkerHouse, passes } from '../../support/worker/worker-house.ts';

const NO_LINE: TerminalLine = { connect() {}, resize() {}, type() {}, finish() {}, behind() {} };

/** Every run shows a terminal, and ends when the test says so. */
async function openTerminals() {
  const open = new Map<string, PromiseWithResolvers<void>>();
  const execute: Executor = async (request) => {
    const ending = Promise.withResolvers<void>();
    open.set(request.runId, ending);
    request.signal.addEventListener('abort', () => ending.resolve());
    request.showTerminal?.(NO_LINE, 0);
    await ending.promise;
    return passes(request);
  };
  const house = await openWorkerHouse({ execute });
  const hasBegun = (run: string) => vi.waitFor(() => expect(open.has(run)).toBe(true));
  return { house, hasBegun, finish: (run: string) => open.get(run)?.resolve() };
}

test('a run at a terminal lets the next one begin, and gets its verdict later', async () => {
  const { house, hasBegun, finish } = await openTerminals();
  const [first, second] = [await house.stored('first'), await house.stored('second')];
  await house.worker.start();
  await hasBegun(second);
  expect(await house.store.runs.get(first)).toMatchObject({ state: 'running' });
  finish(first);
  expect(await house.verdictOf(first)).toBe('success');
  finish(second);
  expect(await house.verdictOf(second)).toBe('success');
});

test('no more than twenty do without a place', async () => {
  const { house, hasBegun, finish } = await openTerminals();
  for (let at = 0; at < 22; at++)
    await house.stored(`r${at}`, { queuedAt: new Date(Date.UTC(2026, 10, 20, 10, 0, at)).toISOString() });
  await house.worker.start();
  await hasBegun('r20');
  // It keeps its place, which is the only one.
  expect(await house.store.runs.get('r21')).toMatchObject({ state: 'queued' });
  expect(await house.queue.size()).toEqual({ waiting: 1, active: 1 });
  finish('r20');
  await hasBegun('r21');
});

/** The first runs are slow to start until they are stopped; the others pass. */
async function openLate(late: (run: string) => boolean) {
  const placeless = new Map<string, boolean>();
  const execute: Executor = async (request) => {
    if (!late(request.runId)) return passes(request);
    placeless.set(request.runId, request.startsLate?.() ?? false);
    const { promise, reject } = Promise.withResolvers<never>();
    request.signal.addEventListener('abort', () => reject(new Error('called off')));
    return promise;
  };
  return { house: await openWorkerHouse({ execute }), placeless };
}

test('runs whose containers say nothing let others have their places, and can be stopped', async () => {
  const { house, placeless } = await openLate((run) => run.startsWith('silent'));
  for (const nth of [0, 1, 2]) await house.stored(`silent${nth}`);
  const good = await house.stored('good', { userId: 'bob' });
  await house.worker.start();
  expect(await house.verdictOf(good)).toBe('success');
  await vi.waitFor(() => expect(placeless.size).toBe(3));
  expect(await house.worker.stop('silent1')).toBe('stopping');
  expect(await house.verdictOf('silent1')).toBe('killed');
  await house.worker.close();
  expect(await house.store.runs.get('silent0')).toMatchObject({ state: 'queued', failures: 0 });
});

test('no more than twenty runs are slow to start without a place, and people at terminals do not count', async () => {
  const { house, placeless } = await openLate(() => true);
  for (let at = 0; at < 21; at++)
    await house.stored(`r${at}`, { queuedAt: new Date(Date.UTC(2026, 10, 20, 10, 0, at)).toISOString() });
  await house.worker.start();
  await vi.waitFor(() => expect(placeless.size).toBe(21));
  expect([...placeless.values()].filter((gave) => gave)).toHaveLength(20);
  expect(placeless.get('r20')).toBe(false);
});

test('a server that stops waits for them, and leaves them to the next start', async () => {
  const { house, hasBegun } = await openTerminals();
  const run = await house.stored('run');
  await house.worker.start();
  await hasBegun(run);
  await house.worker.close();
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', failures: 0 });
});
