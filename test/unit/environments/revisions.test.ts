/** Which image grades, over a real store: staged, tested, held, promoted, rolled back, pinned, pruned. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EnvironmentCatalogue } from '../../../server/environments/environment.ts';
import { keptName, sharedName } from '../../../server/environments/kept-names.ts';
import { environmentList } from '../../../server/http/views/environment.ts';
import type { Store } from '../../../server/store/port.ts';
import { sampleRun } from '../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../support/store/temp-folder.ts';
import {
  failing,
  type HouseOptions,
  INSTALLATION,
  openRevisionHouse,
  passing,
} from './support/revision-house.ts';
import { digestOf, scriptedEngine } from './support/scripted-engine.ts';

const LABELS = { 'org.gradeport.grading.name': 'c' };
const TAG = 'local/c:latest';
const [A, B, C] = [digestOf('a'), digestOf('b'), digestOf('c')];
const kept = (digest: string) => keptName('c', digest, INSTALLATION);
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 2000, interval: 5 });

async function house(options: HouseOptions = {}, store?: Store, engine = scriptedEngine()) {
  const opened = await openRevisionHouse(store ?? (await tempStore()), engine, options);
  onTestFinished(() => opened.close());
  return opened;
}

/** An environment that grades, and an update of it. */
async function withUpdate(options: HouseOptions = {}, store?: Store) {
  const here = await house(options, store);
  here.engine.build('a', TAG, LABELS);
  await here.environments.refresh();
  here.engine.build('b', TAG, LABELS);
  await here.environments.refresh();
  return here;
}

const cardsOf = (environments: EnvironmentCatalogue) =>
  environmentList(environments, Date.now(), 'staff', () => null).environments;

const graded = (digest: string, id = 'r') =>
  sampleRun(id, {
    state: 'done',
    environment: { name: 'c', image: TAG, digest, runtime: 'runc', reason: '' },
  });

test('the first image of a name grades at once', async () => {
  const { engine, environments, states } = await house();
  engine.build('a', TAG, LABELS);
  await environments.refresh();
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

test('an update whose samples come out as expected is promoted by itself', async () => {
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

test('the history keeps who brought an image that somebody brings again', async () => {
  const { engine, environments, revisions } = await house();
  revisions.announce(A, { by: 'ada', from: 'build' });
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  const [first] = await revisions.list('c');
  const afterwards = Date.parse(first?.at ?? '') + 1;
  revisions.announce(A, { by: 'bob', from: 'pull' });
  revisions.announce(A, { by: 'bob', from: 'import' }, afterwards);
  await revisions.close();
  await environments.refresh();
  expect(await revisions.list('c')).toMatchObject([{ by: 'ada', from: 'build' }]);
});

test('without any samples an update is promoted, and says that nothing was tested', async () => {
  const { environments, autoTest, revisions } = await withUpdate();
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
  expect((await revisions.list('c'))[0]?.why).toContain('Tested nothing');
});

test('a test that could not be brought to its end holds nothing back, and is tried again', async () => {
  const { revisions, autoTest, breakSamples, environments, asked, failures } = await withUpdate();
  breakSamples(1);
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
  expect(asked).toEqual([B, B]);
  expect(failures).toEqual([expect.objectContaining({ message: 'The engine went away.' })]);
  expect((await revisions.list('c'))[0]).toMatchObject({ state: 'current' });
});

test('who asks for a test that runs already waits for that one', async () => {
  const { revisions, asked, holdSamples, samples } = await withUpdate();
  samples.set(B, [passing]);
  const goOn = holdSamples();
  const first = revisions.test('c', B);
  await soon(() => expect(asked).toEqual([B]));
  const stop = new AbortController();
  const [second, third] = [revisions.test('c', B), revisions.test('c', B, stop.signal)];
  stop.abort();
  await expect(third).rejects.toThrow('stopped');
  goOn();
  expect(await second).toEqual(await first);
  expect(asked).toEqual([B]);
});

test('who waits for a test that somebody else stops gets one of their own', async () => {
  const { revisions, samples, asked, holdSamples, environments } = await withUpdate();
  samples.set(B, [passing]);
  const release = holdSamples();
  const stop = new AbortController();
  const first = revisions.test('c', B, stop.signal);
  await soon(() => expect(asked).toEqual([B]));
  const others = [revisions.test('c', B), revisions.test('c', B)];
  // The same way to the store, and further: by then they wait.
  await revisions.list('c');
  stop.abort();
  await expect(first).rejects.toThrow('stopped');
  release();
  expect(await Promise.all(others)).toMatchObject([{ passed: true }, { passed: true }]);
  expect(asked).toEqual([B, B]);
  expect(environments.find('c')?.digest).toBe(B);
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

test('what nobody tested is not promoted without force', async () => {
  const { revisions } = await withUpdate();
  await expect(revisions.promote('c', B, 'ada')).rejects.toThrow('have not run yet');
});

test('rolling back is at once, and what was rolled back from stays away', async () => {
  const { environments, revisions, engine, autoTest, samples, states } = await withUpdate();
  await revisions.promote('c', B, 'ada', true);
  expect(await revisions.rollback('c', 'bob')).toMatchObject({
    digest: A,
    state: 'current',
    promotedBy: 'bob',
  });
  expect(environments.find('c')?.digest).toBe(A);
  await expect(revisions.rollback('c', 'bob')).rejects.toThrow('no earlier revision');
  samples.set(C, [passing]);
  engine.build('c', TAG, LABELS);
  await environments.refresh();
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(C));
  await revisions.rollback('c', 'bob');
  expect(await states('c')).toEqual(['c retired', 'b retired', 'a current']);
  await revisions.rollback('c', 'bob', B);
  expect(environments.find('c')?.digest).toBe(B);
});

test('of two operators who promote different images at once one wins, and the other is told', async () => {
  const { revisions, engine, environments } = await withUpdate();
  engine.build('c', 'local/c:next', LABELS);
  await environments.refresh();
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

test('prune throws away only what nothing needs', async () => {
  const store = await tempStore();
  const { revisions, environments, engine } = await withUpdate({}, store);
  await revisions.promote('c', B, 'ada', true);
  engine.build('c', TAG, LABELS);
  await environments.refresh();
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

describe('two installations on one engine', () => {
  const OTHER = { installation: 'bbbb1111' };
  /** Both have A behind them, and B grades. */
  async function both() {
    const engine = scriptedEngine();
    const one = await house({}, undefined, engine);
    const other = await house(OTHER, undefined, engine);
    const houses = [one, other];
    const look = async () => {
      for (const { environments } of houses) await environments.refresh();
    };
    for (const letter of ['a', 'b']) {
      engine.build(letter, TAG, LABELS);
      await look();
    }
    for (const { revisions } of houses) await revisions.promote('c', B, 'ada', true);
    await look();
    return { engine, one, other, look };
  }

  test('that one prunes takes nothing away from the other', async () => {
    const { engine, one, other, look } = await both();
    expect((await one.revisions.prune(false)).map(({ digest }) => digest)).toEqual([A]);
    await look();
    expect(engine.tagsOf('a')).toEqual([keptName('c', A, OTHER.installation)]);
    expect(await one.revisions.list('c')).toMatchObject([{ digest: B }, { digest: A, here: false }]);
    expect(await other.revisions.rollback('c', 'bob')).toMatchObject({ digest: A, state: 'current' });
    expect((await one.states('c'))[0]).toBe('b current');
  });

  test('what people take away is gone for both, also while one keeps it for its grades', async () => {
    const engine = scriptedEngine();
    const store = await tempStore();
    const one = await house({}, store, engine);
    const other = await house(OTHER, undefined, engine);
    engine.build('a', TAG, LABELS);
    for (const { environments } of [one, other]) await environments.refresh();
    await store.runs.insert(graded(A));
    one.used.saw({ name: 'c', digest: A });
    await soon(() => expect(engine.tagsOf('a')).toContain(kept(A)));
    await engine.untag(TAG);
    for (const { environments } of [one, other, other]) await environments.refresh();
    expect(engine.tagsOf('a')).toEqual([kept(A)]);
    for (const { environments } of [one, other]) expect(environments.find('c')).toBeNull();
  });
});

test('the name that installations shared becomes one’s own; prune leaves it, and says why', async () => {
  const { engine, environments, revisions } = await withUpdate();
  await revisions.promote('c', B, 'ada', true);
  await engine.tag(A, sharedName('c', A));
  await engine.untag(kept(A));
  await environments.refresh();
  expect(engine.tagsOf('a')).toEqual([sharedName('c', A), kept(A)]);
  expect((await revisions.prunePlan(true)).find(({ digest }) => digest === A)).toMatchObject({
    remove: false,
    reason: expect.stringContaining(`docker rmi ${sharedName('c', A)}`),
  });
  await engine.untag(sharedName('c', A));
  expect((await revisions.prune(true)).map(({ digest }) => digest)).toEqual([A]);
  expect(engine.has('a')).toBe(false);
});

test('an environment that people take away is gone, as it was before there was a history', async () => {
  const { engine, environments } = await house();
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  await engine.untag(TAG);
  await environments.refresh();
  expect(environments.find('c')).toBeNull();
  expect(environments.list()).toEqual([]);
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  expect(environments.find('c')?.digest).toBe(A);
});

test('what graded a run stays in the engine when people take its name away, but grades no more', async () => {
  const store = await tempStore();
  const { engine, environments, used } = await house({}, store);
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  await store.runs.insert(graded(A));
  used.saw({ name: 'c', digest: A });
  await soon(() => expect(engine.tagsOf('a')).toContain(kept(A)));
  await engine.untag(TAG);
  await environments.refresh();
  expect(environments.find('c')).toBeNull();
  expect(engine.tagsOf('a')).toEqual([kept(A)]);
});

test('who removes an image and builds its name anew gets an update, tested like any other', async () => {
  const store = await tempStore();
  const { engine, environments, used, states } = await house({}, store);
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  await store.runs.insert(graded(A));
  used.saw({ name: 'c', digest: A });
  await soon(() => expect(engine.tagsOf('a')).toContain(kept(A)));
  await engine.untag(TAG);
  await environments.refresh();
  engine.build('d', TAG, { 'org.gradeport.grading.name': 'other' });
  await environments.refresh();
  expect(environments.find('c')).toBeNull();
  engine.build('b', TAG, LABELS);
  await environments.refresh();
  expect(await states('c')).toEqual(['b staged', 'a current']);
  expect(environments.find('c')?.digest).toBe(A);
});

test('when people take the current image away, the newest other one grades, and the history says why', async () => {
  const { engine, environments, revisions } = await house();
  engine.build('a', 'local/c:old', LABELS);
  await environments.refresh();
  engine.build('b', TAG, LABELS);
  await environments.refresh();
  await revisions.promote('c', B, 'ada', true);
  await engine.untag(TAG);
  await engine.untag(kept(B));
  await environments.refresh();
  expect(environments.find('c')?.digest).toBe(A);
  expect((await revisions.list('c')).find(({ digest }) => digest === A)?.why).toContain(
    'taken out of the engine',
  );
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
  const store = await tempStore(folder);
  const engine = scriptedEngine();
  const first = await openRevisionHouse(store, engine);
  engine.build('a', TAG, LABELS);
  await first.environments.refresh();
  await first.close();
  engine.build('b', TAG, LABELS);
  const second = await house({}, store, engine);
  expect(second.environments.find('c')?.digest).toBe(A);
  expect(await second.states('c')).toEqual(['b staged', 'a current']);
});

test('a server that ends in the middle of a test begins it anew', async () => {
  const store = await tempStore();
  const engine = scriptedEngine();
  const first = await openRevisionHouse(store, engine);
  engine.build('a', TAG, LABELS);
  await first.environments.refresh();
  engine.build('b', TAG, LABELS);
  await first.environments.refresh();
  first.holdSamples();
  first.autoTest.begin();
  await soon(() => expect(first.asked).toEqual([B]));
  await first.close();
  expect(first.failures).toEqual([]);
  const second = await house({}, store, engine);
  second.samples.set(B, [passing]);
  expect(await second.states('c')).toEqual(['b staged', 'a current']);
  second.autoTest.begin();
  await soon(() => expect(second.environments.find('c')?.digest).toBe(B));
});

test('what another process changes counts here within a second', async () => {
  const folder = tempFolder();
  const engine = scriptedEngine();
  const server = await withUpdateIn(await tempStore(folder), engine);
  const store = await tempStore(folder, { lock: false });
  const command = await house({}, store, engine);
  server.listen();
  await command.revisions.promote('c', B, 'ada', true);
  await vi.waitFor(() => expect(server.environments.find('c')?.digest).toBe(B), {
    timeout: 1000,
    interval: 5,
  });
});

async function withUpdateIn(store: Store, engine: ReturnType<typeof scriptedEngine>) {
  const here = await house({}, store, engine);
  engine.build('a', TAG, LABELS);
  await here.environments.refresh();
  engine.build('b', TAG, LABELS);
  await here.environments.refresh();
  return { ...here, listen: () => store.onForeignChange(() => void here.revisions.reload()) };
}

test('who brought an image is in the history, said before or after it was found', async () => {
  const { revisions, engine, environments } = await house();
  revisions.announce(A, { by: 'ada', from: 'build' });
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  engine.build('b', TAG, LABELS);
  await environments.refresh();
  revisions.announce(B, { by: 'bob', from: 'pull' }, 0);
  await soon(async () =>
    expect(await revisions.list('c')).toMatchObject([
      { by: 'bob', from: 'pull' },
      { by: 'ada', from: 'build' },
    ]),
  );
});

test('runs are counted for the revision that graded them', async () => {
  const store = await tempStore();
  const { revisions } = await withUpdate({}, store);
  await store.runs.insert(graded(A, 'r1'));
  await store.runs.insert(graded(A, 'r2'));
  expect((await revisions.list('c')).map(({ runs }) => runs)).toEqual([0, 2]);
  const listed = await revisions.runs('c', A, { limit: 1, skip: 1 });
  expect(listed).toMatchObject([{ run: 'r1', course: 'c1', task: 't1', verdict: null }]);
});

test('a digest may be shortened, but must be one', async () => {
  const { revisions } = await withUpdate();
  await expect(revisions.promote('c', 'zz', 'ada')).rejects.toMatchObject({ code: 'usage' });
  await expect(revisions.promote('c', 'dddd', 'ada')).rejects.toMatchObject({ code: 'not-found' });
  await expect(revisions.list('cobol')).rejects.toMatchObject({ code: 'not-found' });
});

test('a store that refuses to write hides no environment, and lets no update pass', async () => {
  const store = await tempStore();
  const { environments, engine, failures } = await house({}, store);
  engine.build('a', TAG, LABELS);
  await environments.refresh();
  await store.close();
  engine.build('b', TAG, LABELS);
  await environments.refresh();
  expect(environments.find('c')?.digest).toBe(A);
  expect(failures.length).toBeGreaterThan(0);
});
