/** What the history remembers: who brought an image, what it graded, and what happens when it cannot be written. */
import { expect, test } from 'vitest';
import { A, B, graded, house, soon, withUpdate } from '../../../support/environments/update.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

test('who brought an image is in the history, said before or after it was found', async () => {
  const { revisions, build } = await house();
  revisions.announce(A, { by: 'ada', from: 'build' });
  await build('a');
  await build('b');
  revisions.announce(B, { by: 'bob', from: 'pull' }, 0);
  await soon(async () =>
    expect(await revisions.list('c')).toMatchObject([
      { by: 'bob', from: 'pull' },
      { by: 'ada', from: 'build' },
    ]),
  );
});

test('the history keeps who brought an image that somebody brings again', async () => {
  const { environments, revisions, build } = await house();
  revisions.announce(A, { by: 'ada', from: 'build' });
  await build('a');
  const [first] = await revisions.list('c');
  const afterwards = Date.parse(first?.at ?? '') + 1;
  revisions.announce(A, { by: 'bob', from: 'pull' });
  revisions.announce(A, { by: 'bob', from: 'import' }, afterwards);
  await revisions.close();
  await environments.refresh();
  expect(await revisions.list('c')).toMatchObject([{ by: 'ada', from: 'build' }]);
});

test('runs are counted for the revision that graded them', async () => {
  const store = await tempTestStore();
  const { revisions } = await withUpdate({}, store);
  await store.runs.insert(graded(A, 'r1'));
  await store.runs.insert(graded(A, 'r2'));
  expect((await revisions.list('c')).map(({ runs }) => runs)).toEqual([0, 2]);
  const listed = await revisions.runs('c', A, { limit: 1, skip: 1 });
  expect(listed).toMatchObject([{ run: 'r1', course: 'c1', task: 't1', verdict: null }]);
});

test('a store that refuses to write hides no environment, and lets no update pass', async () => {
  const store = await tempTestStore();
  const { environments, failures, build } = await house({}, store);
  await build('a');
  await store.close();
  await build('b');
  expect(environments.find('c')?.digest).toBe(A);
  expect(failures.length).toBeGreaterThan(0);
});
