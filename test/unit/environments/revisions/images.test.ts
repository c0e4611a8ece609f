/** Images that people take away, bring back or prune, and what grades then. */
import { expect, test } from 'vitest';
import {
  A,
  B,
  C,
  graded,
  house,
  kept,
  TAG,
  withGraded,
  withUpdate,
} from '../../../support/environments/update.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

test('prune throws away only what nothing needs', async () => {
  const store = await tempTestStore();
  const { revisions, engine, build } = await withUpdate({}, store);
  await revisions.promote('c', B, 'ada', true);
  await build('c');
  await revisions.promote('c', C, 'ada', true);
  await store.runs.insert(graded(A));
  const plan = async (all = false) =>
    (await revisions.prunePlan(all)).map(({ digest, remove }) => [digest, remove]);
  expect(await plan()).toEqual([
    [A, false],
    [B, true],
    [C, false],
  ]);
  await revisions.pin({ course: 'demo', task: 'sum', environment: 'c' }, B, 'ada');
  expect(await revisions.prune(false)).toEqual([]);
  await revisions.unpin({ course: 'demo', task: 'sum' });
  expect((await revisions.prune(false)).map(({ digest }) => digest)).toEqual([B]);
  expect([engine.has('a'), engine.has('b'), engine.has('c')]).toEqual([true, false, true]);
  expect((await revisions.prune(true)).map(({ digest }) => digest)).toEqual([A]);
  expect((await revisions.list('c')).map(({ here }) => here)).toEqual([true, false, false]);
});

test('an environment that people take away is gone, as it was before there was a history', async () => {
  const { engine, environments, build } = await house();
  await build('a');
  await engine.untag(TAG);
  await environments.refresh();
  expect(environments.find('c')).toBeNull();
  expect(environments.list()).toEqual([]);
  await build('a');
  expect(environments.find('c')?.digest).toBe(A);
});

test('what graded a run stays in the engine when people take its name away, but grades no more', async () => {
  const { engine, environments } = await withGraded();
  await engine.untag(TAG);
  await environments.refresh();
  expect(environments.find('c')).toBeNull();
  expect(engine.tagsOf('a')).toEqual([kept(A)]);
});

test('who removes an image and builds its name anew gets an update, tested like any other', async () => {
  const { engine, environments, states, build } = await withGraded();
  await engine.untag(TAG);
  await environments.refresh();
  await build('d', TAG, { 'org.gradeport.grading.name': 'other' });
  expect(environments.find('c')).toBeNull();
  await build('b');
  expect(await states('c')).toEqual(['b staged', 'a current']);
  expect(environments.find('c')?.digest).toBe(A);
});

test('when people take the current image away, the newest other one grades, and the history says why', async () => {
  const { engine, environments, revisions, build } = await house();
  await build('a', 'local/c:old');
  await build('b');
  await revisions.promote('c', B, 'ada', true);
  await engine.untag(TAG);
  await engine.untag(kept(B));
  await environments.refresh();
  expect(environments.find('c')?.digest).toBe(A);
  expect((await revisions.list('c')).find(({ digest }) => digest === A)?.why).toContain(
    'taken out of the engine',
  );
});
