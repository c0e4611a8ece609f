/** What a worker does while the engine does not answer. */
import { expect, test } from 'vitest';
import { ada } from '../../support/store/handler.ts';
import { openWorkerHouse } from '../../support/worker/worker-house.ts';

test('a quiz gets its verdict, and a run that needs a container waits', async () => {
  const house = await openWorkerHouse();
  house.engineGoes();
  const quiz = await house.stored('quiz', { task: 'quiz' });
  await house.worker.start();
  expect(await house.verdictOf(quiz)).toBe('success');
  const hello = await house.stored('hello');
  await house.queue.push(hello, ada);
  expect(await house.store.runs.get(hello)).toMatchObject({ state: 'queued', attempt: 0 });
  house.engineComes();
  expect(await house.verdictOf(hello)).toBe('success');
});

test('a run that is stopped ends at once, and the next one is not taken for it', async () => {
  const house = await openWorkerHouse();
  house.engineGoes();
  const [stopped, next] = [await house.stored('stopped'), await house.stored('next')];
  await house.worker.start();
  expect(await house.worker.stop(stopped)).toBe('stopping');
  expect(await house.verdictOf(stopped)).toBe('killed');
  expect(await house.store.runs.get(next)).toMatchObject({ state: 'queued' });
  house.engineComes();
  expect(await house.verdictOf(next)).toBe('success');
});

test('a server that stops leaves the run to the next start, untouched', async () => {
  const house = await openWorkerHouse();
  house.engineGoes();
  const run = await house.stored('run');
  await house.worker.start();
  await house.worker.close();
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', attempt: 0, failures: 0 });
});

test('a quiz does not wait behind runs that wait for the engine, and those keep their order', async () => {
  const house = await openWorkerHouse();
  house.engineGoes();
  const first = await house.stored('first', { queuedAt: '2026-11-20T10:00:01.000Z' });
  const second = await house.stored('second', { queuedAt: '2026-11-20T10:00:02.000Z' });
  const quiz = await house.stored('quiz', { task: 'quiz', queuedAt: '2026-11-20T10:00:03.000Z' });
  await house.worker.start();
  expect(await house.verdictOf(quiz)).toBe('success');
  house.engineComes();
  await Promise.all([house.verdictOf(first), house.verdictOf(second)]);
  const done = house.events.filter(({ type }) => type === 'done').map(({ runId }) => runId);
  expect(done).toEqual([quiz, first, second]);
});
