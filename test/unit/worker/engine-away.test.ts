/** What a worker does while the engine does not answer. */
import { expect, test } from 'vitest';
import { openWorkerHouse } from '../../support/worker/worker-house.ts';

test('a quiz gets its verdict, and a run that needs a container waits', async () => {
  const house = await openWorkerHouse();
  house.engineGoes();
  const quiz = await house.stored('quiz', { task: 'quiz' });
  await house.grading.start();
  expect(await house.verdictOf(quiz)).toBe('success');
  const hello = await house.stored('hello');
  await house.queue.push(hello);
  expect(await house.store.runs.get(hello)).toMatchObject({ state: 'queued', attempt: 0 });
  house.engineComes();
  expect(await house.verdictOf(hello)).toBe('success');
});
