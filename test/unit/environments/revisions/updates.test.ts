/** What an update has to go through before it grades: staged, tested, held back, promoted. */
import { expect, test, vi } from 'vitest';
import { GradeportError } from '../../../../server/rules/errors.ts';
import { failing, passing } from '../../../support/environments/revision-house.ts';
import { scriptedEngine } from '../../../support/environments/scripted-engine.ts';
import {
  A,
  B,
  C,
  cardsOf,
  house,
  kept,
  LABELS,
  openHouse,
  soon,
  TAG,
  withUpdate,
} from '../../../support/environments/update.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

test('the first image of a name grades at once', async () => {
  const { environments, states, build } = await house();
  await build('a');
  expect(environments.find('c')?.digest).toBe(A);
  expect(await states('c')).toEqual(['a current']);
});

test('an update is staged: the one before grades on, although its name is gone', async () => {
  const { environments, engine, states } = await withUpdate();
  expect(environments.find('c')).toMatchObject({ digest: A, available: true });
  expect(await states('c')).toEqual(['b staged', 'a current']);
  expect(engine.tagsOf('a')).toEqual([kept(A)]);
  expect(environments.list().filter(({ name }) => name === 'c')).toMatchObject([
    { digest: A, available: true, update: { digest: B, state: 'staged' } },
    {
      digest: B,
      available: false,
      revision: 'staged',
      reason: expect.stringContaining('samples come first'),
    },
  ]);
  expect(cardsOf(environments)).toMatchObject([
    { digest: A, update: { text: expect.stringContaining('waits for its samples') } },
  ]);
});

test('an update whose samples come out as expected is promoted without a command', async () => {
  const { environments, autoTest, samples, revisions, engine } = await withUpdate();
  samples.set(B, [passing]);
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
  expect(await revisions.list('c')).toMatchObject([
    { digest: B, state: 'current', promotedBy: null, why: 'All as expected: 1 sample.' },
    { digest: A, state: 'retired' },
  ]);
  engine.forget();
  expect(engine.has('a')).toBe(true);
});

test('an update that changes one grade is held back, with the change beside it', async () => {
  const { environments, autoTest, samples, revisions } = await withUpdate();
  samples.set(B, [passing, failing]);
  autoTest.begin();
  await soon(() =>
    expect(environments.find('c')?.update).toMatchObject({ state: 'held', tested: { failed: 1 } }),
  );
  expect(environments.find('c')?.digest).toBe(A);
  const [update] = await revisions.list('c');
  expect(update).toMatchObject({ state: 'held', test: { passed: false } });
  expect(update?.test?.cases[1]).toEqual(failing);
  await expect(revisions.promote('c', null, 'ada')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('1 of 2 samples'),
  });
  expect(environments.find('c')?.digest).toBe(A);
  await revisions.promote('c', null, 'ada', true);
  expect(environments.find('c')?.digest).toBe(B);
});

test('without any samples an update is promoted, and says that nothing was tested', async () => {
  const { environments, autoTest, revisions } = await withUpdate();
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
  expect((await revisions.list('c'))[0]?.why).toContain('Tested nothing');
});

test('by hand: an update that passed waits for somebody', async () => {
  const { environments, autoTest, samples, revisions } = await withUpdate({ promote: 'by-hand' });
  samples.set(B, [passing]);
  autoTest.begin();
  await soon(() =>
    expect(environments.find('c')?.update).toMatchObject({ state: 'staged', tested: { passed: true } }),
  );
  expect(environments.find('c')?.digest).toBe(A);
  expect(await revisions.promote('c', B.slice(7, 13), 'ada')).toMatchObject({
    state: 'current',
    promotedBy: 'ada',
  });
  expect(environments.find('c')?.digest).toBe(B);
});

test('an untested image is not promoted without force', async () => {
  const { revisions } = await withUpdate();
  await expect(revisions.promote('c', B, 'ada')).rejects.toThrow('have not run yet');
});

test('a held update does not grade either when the current image is gone', async () => {
  const { engine, environments, samples, revisions } = await withUpdate();
  samples.set(B, [failing]);
  await revisions.test('c', B);
  await engine.untag(kept(A));
  await environments.refresh();
  expect(environments.find('c')).toMatchObject({
    available: false,
    reason: expect.stringContaining('--force'),
  });
  expect(cardsOf(environments)).toMatchObject([{ digest: B, available: false }]);
});

test('a rebuild while no server ran is staged at the next start, and the one before grades on', async () => {
  const folder = tempFolder();
  const store = await tempTestStore(folder);
  const engine = scriptedEngine();
  const first = await openHouse(store, engine);
  await first.build('a');
  await first.close();
  engine.build('b', TAG, LABELS);
  const second = await house({}, store, engine);
  expect(second.environments.find('c')?.digest).toBe(A);
  expect(await second.states('c')).toEqual(['b staged', 'a current']);
});

test('a clock that was set back by an hour makes no update older than what grades, nor a way back another one', async () => {
  const store = await tempTestStore();
  const engine = scriptedEngine();
  const ahead = await openHouse(store, engine, { now: '2026-11-20T11:00:00Z' });
  await ahead.build('a');
  await ahead.build('b');
  ahead.autoTest.begin();
  await soon(() => expect(ahead.environments.find('c')?.digest).toBe(B));
  await ahead.close();
  const { environments, autoTest, build, revisions } = await house({}, store, engine);
  await build('c');
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(C));
  await revisions.rollback('c', 'ada');
  expect(environments.find('c')?.digest).toBe(B);
});

test.each([
  ['a full disk', Object.assign(new Error('write'), { code: 'ENOSPC' })],
  ['a database that is busy', new GradeportError('busy', 'busy')],
  ['an engine that is away', new GradeportError('unreachable', 'away')],
])('%s says nothing about an update: its samples run again until that is over', async (_, error) => {
  const { environments, autoTest, samples, breakSamples } = await withUpdate();
  samples.set(B, [passing]);
  // Far more often than a test may fail.
  breakSamples(20, error);
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
});

test('an update that passed while the engine took no names becomes current once it does', async () => {
  const { environments, autoTest, samples, engine } = await withUpdate();
  samples.set(B, [passing]);
  const tag = vi.spyOn(engine.images, 'tag');
  tag.mockRejectedValueOnce(new Error('(HTTP code 500) server error - write: no space left on device'));
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
});
