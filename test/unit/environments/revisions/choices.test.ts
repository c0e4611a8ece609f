/** What people decide: promote, roll back, pin; and who wins when several do at once. */
import { expect, test, vi } from 'vitest';
import { failing, passing } from '../../../support/environments/revision-house.ts';
import { scriptedEngine } from '../../../support/environments/scripted-engine.ts';
import { A, B, C, house, kept, soon, withUpdate } from '../../../support/environments/update.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

test('rolling back is at once, and what was rolled back from stays away', async () => {
  const { environments, revisions, autoTest, samples, states, build } = await withUpdate();
  await revisions.promote('c', B, 'ada', true);
  expect(await revisions.rollback('c', 'bob')).toMatchObject({
    digest: A,
    state: 'current',
    promotedBy: 'bob',
  });
  expect(environments.find('c')?.digest).toBe(A);
  await expect(revisions.rollback('c', 'bob')).rejects.toThrow('no earlier revision');
  samples.set(C, [passing]);
  await build('c');
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(C));
  await revisions.rollback('c', 'bob');
  expect(await states('c')).toEqual(['c retired', 'b retired', 'a current']);
  await revisions.rollback('c', 'bob', B);
  expect(environments.find('c')?.digest).toBe(B);
});

test('of two operators who promote different images at once one wins, and the other learns of it', async () => {
  const { revisions, environments, build } = await withUpdate();
  await build('c', 'local/c:next');
  const both = await Promise.allSettled([
    revisions.promote('c', B, 'ada', true),
    revisions.promote('c', C, 'bob', true),
  ]);
  const refused = both.filter((one) => one.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Somebody else'),
  });
  const winner = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value.digest] : []));
  expect(environments.find('c')?.digest).toBe(winner[0]);
});

test('two who promote the same image at once both get what they want', async () => {
  const { revisions, environments } = await withUpdate();
  const promote = (by: string) => revisions.promote('c', B, by, true);
  await Promise.all([promote('ada'), promote('bob')]);
  expect(environments.find('c')?.digest).toBe(B);
});

test('what graded before is promoted without force, unless its samples failed since', async () => {
  const { revisions, samples } = await withUpdate();
  await revisions.promote('c', B, 'ada', true);
  await revisions.promote('c', A, 'ada');
  samples.set(B, [passing, failing]);
  await revisions.test('c', B);
  await expect(revisions.promote('c', B, 'ada')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/1 of 2 samples.*--force/),
  });
  expect(await revisions.promote('c', B, 'ada', true)).toMatchObject({ digest: B, state: 'current' });
});

test('a pinned task keeps its revision, and the others go on', async () => {
  const { revisions, environments } = await withUpdate();
  await revisions.pin({ course: 'demo', task: 'sum', environment: 'c' }, null, 'ada');
  await revisions.promote('c', B, 'ada', true);
  expect(environments.find('c', { course: 'demo', id: 'sum' })).toMatchObject({ digest: A, runtime: 'runc' });
  expect(environments.find('c', { course: 'demo', id: 'other' })?.digest).toBe(B);
  expect([...environments.digests()].sort()).toEqual([A, B]);
  expect(await revisions.unpin({ course: 'demo', task: 'sum' })).toBe(true);
  expect(environments.find('c', { course: 'demo', id: 'sum' })?.digest).toBe(B);
});

test('a pin whose image is lost grades nothing, and says what to do', async () => {
  const { revisions, environments, engine } = await withUpdate();
  await revisions.pin({ course: 'demo', task: 'sum', environment: 'c' }, A, 'ada');
  await revisions.promote('c', B, 'ada', true);
  await engine.untag(kept(A));
  await environments.refresh();
  expect(environments.find('c', { course: 'demo', id: 'sum' })).toMatchObject({
    runtime: null,
    reason: expect.stringContaining('gradeport env unpin demo/sum'),
  });
});

test('what another process changes counts here within a second', async () => {
  const folder = tempFolder();
  const engine = scriptedEngine();
  const watched = await tempTestStore(folder);
  const server = await withUpdate({}, watched, engine);
  const store = await tempTestStore(folder, { lock: false });
  const command = await house({}, store, engine);
  watched.onForeignChange(() => void server.revisions.reload());
  await command.revisions.promote('c', B, 'ada', true);
  await vi.waitFor(() => expect(server.environments.find('c')?.digest).toBe(B), {
    timeout: 1000,
    interval: 5,
  });
});

test('a digest may be shortened, but must be one', async () => {
  const { revisions } = await withUpdate();
  await expect(revisions.promote('c', 'zz', 'ada')).rejects.toMatchObject({ code: 'usage' });
  await expect(revisions.promote('c', 'dddd', 'ada')).rejects.toMatchObject({ code: 'not-found' });
  await expect(revisions.list('cobol')).rejects.toMatchObject({ code: 'not-found' });
});
