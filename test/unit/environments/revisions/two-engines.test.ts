/** Two engines on one store: what is in one says nothing about the other, and neither writes over the other. */
import { expect, test } from 'vitest';
import { FIRST_ENGINE } from '../../../../server/model/revision.ts';
import { passing } from '../../../support/environments/revision-house.ts';
import { scriptedEngine } from '../../../support/environments/scripted-engine.ts';
import { A, B, C, graded, house, LABELS, soon, TAG } from '../../../support/environments/update.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

const [ONE, TWO] = ['ONE:1111', 'TWO:2222'];

/** Each with its own engine and its own view of one store, as a server and a command elsewhere. */
async function both() {
  const store = await tempTestStore();
  const engines = [scriptedEngine(ONE), scriptedEngine(TWO)] as const;
  const one = await house({}, store, engines[0]);
  const two = await house({ now: '2026-11-20T11:00:00Z' }, store, engines[1]);
  const look = async () => {
    for (const { revisions } of [one, two, one]) await revisions.reload();
  };
  const on = async (digest: string, engine: string) =>
    (await store.revisions.get(`c@${digest}`))?.engines[engine]?.presence;
  return { store, one, two, look, on };
}

test('an image that only one of them has grades there, and stays current however often they look', async () => {
  const { store, one, two, look, on } = await both();
  await one.build('a');
  await look();
  expect(two.environments.list()).toEqual([]);
  await two.build('b', 'elsewhere/c:1');
  for (let round = 0; round < 3; round++) {
    await look();
    expect(one.environments.find('c')?.digest).toBe(A);
    expect(two.environments.find('c')?.digest).toBe(B);
    expect(await store.currents.get('c')).toMatchObject({ digest: A, serial: 1 });
  }
  expect([await on(A, ONE), await on(A, TWO)]).toEqual(['named', undefined]);
  expect([await on(B, ONE), await on(B, TWO)]).toEqual([undefined, 'named']);
});

test('an image that both have is noted for both, by the name that each has for it', async () => {
  const { store, one, two, look } = await both();
  await Promise.all([one.build('a', 'local/c:1'), two.build('a', 'other/c:2')]);
  await look();
  expect((await store.revisions.get(`c@${A}`))?.engines).toEqual({
    [ONE]: { presence: 'named', image: 'local/c:1' },
    [TWO]: { presence: 'named', image: 'other/c:2' },
  });
  expect(one.environments.find('c')?.image).toBe('local/c:1');
  expect((await two.revisions.list('c'))[0]).toMatchObject({ image: 'other/c:2', here: true });
});

test('what people take away from one goes on grading on the other', async () => {
  const { store, one, two, look, on } = await both();
  for (const { build } of [one, two]) await build('a');
  await two.build('b', 'local/c:next');
  await store.runs.insert(graded(A));
  two.gradedImages.keep({ name: 'c', digest: A });
  await soon(() => expect(two.engine.tagsOf('a')).toHaveLength(2));
  await two.engine.untag(TAG);
  await look();
  expect([await on(A, ONE), await on(A, TWO)]).toEqual(['named', 'removed']);
  expect(one.environments.find('c')?.digest).toBe(A);
  expect(two.environments.find('c')?.digest).toBe(B);
  expect(await store.currents.get('c')).toMatchObject({ digest: A, serial: 1 });
});

test('what one throws away the other keeps', async () => {
  const { one, two, look, on } = await both();
  for (const letter of ['a', 'b']) for (const { build } of [one, two]) await build(letter);
  await one.revisions.promote('c', B, 'ada', true);
  await look();
  expect((await one.revisions.prune(false)).map(({ digest }) => digest)).toEqual([A]);
  await look();
  expect([await on(A, ONE), await on(A, TWO)]).toEqual(['gone', 'moved']);
  expect([one.engine.has('a'), two.engine.has('a')]).toEqual([false, true]);
  expect(await two.revisions.rollback('c', 'bob')).toMatchObject({ digest: A, state: 'current' });
});

test('an update that passes on one is current for both, and the other goes on with what it has', async () => {
  const { store, one, two, look } = await both();
  await one.build('a');
  await two.build('b');
  two.samples.set(B, [passing]);
  await two.revisions.test('c', B);
  await look();
  expect(await store.currents.get('c')).toMatchObject({ digest: B });
  expect(one.environments.find('c')?.digest).toBe(A);
  await one.build('c', 'local/c:next');
  await look();
  expect(await store.currents.get('c')).toMatchObject({ digest: B, serial: 2 });
  expect(two.environments.find('c')?.digest).toBe(B);
  expect(one.environments.find('c')).toMatchObject({ digest: A, update: { digest: C, state: 'staged' } });
});

test('once the last engine that had it lost the current image, another one becomes current', async () => {
  const { store, one, two, look } = await both();
  await one.build('a');
  await two.build('b');
  one.engine.forgetAll();
  await look();
  await look();
  expect(await store.currents.get('c')).toMatchObject({ digest: B });
});

test('the presence that version 1 kept is that of the first engine that looks, and only of that one', async () => {
  const store = await tempTestStore();
  const first = scriptedEngine(ONE);
  first.build('a', TAG, LABELS);
  const before = await house({}, store, first);
  await before.close();
  const old = { presence: 'removed', image: TAG };
  await store.revisions.update({ id: `c@${A}` }, { $set: { engines: { [FIRST_ENGINE]: old } } });
  const engine = scriptedEngine(TWO);
  await house({}, store, engine);
  // It has no such image.
  const gone = { [TWO]: { presence: 'gone', image: TAG } };
  expect((await store.revisions.get(`c@${A}`))?.engines).toEqual(gone);
  await house({}, store, first);
  const named = { [ONE]: { presence: 'named', image: TAG } };
  expect((await store.revisions.get(`c@${A}`))?.engines).toEqual({ ...gone, ...named });
});

test('an engine that was set up anew is another one: what grades is what it has', async () => {
  const { store, one, look } = await both();
  await one.build('a');
  const anew = scriptedEngine('ANEW');
  anew.build('b', TAG, LABELS);
  const { environments } = await house({}, store, anew);
  await look();
  expect(environments.find('c')).toMatchObject({ digest: B, available: true });
});

test('a command beside the server, on the same engine, notes the same and decides the same', async () => {
  const store = await tempTestStore();
  const engine = scriptedEngine(ONE);
  const houses = await Promise.all([house({}, store, engine), house({}, store, engine)]);
  engine.build('a', TAG, LABELS);
  await Promise.all(houses.map(({ environments }) => environments.refresh()));
  engine.build('b', TAG, LABELS);
  await Promise.all(houses.map(({ environments }) => environments.refresh()));
  await Promise.all(houses.map(({ revisions }) => revisions.reload()));
  expect(await store.currents.get('c')).toMatchObject({ digest: A, serial: 1 });
  expect(await store.revisions.count({})).toBe(2);
  expect((await store.revisions.get(`c@${A}`))?.engines).toEqual({
    [ONE]: { presence: 'moved', image: TAG },
  });
  for (const { environments } of houses)
    expect(environments.find('c')).toMatchObject({ digest: A, update: { digest: B, state: 'staged' } });
});
