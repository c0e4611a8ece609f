/** Two installations on one engine: neither takes away what the other needs. */
import { describe, expect, test } from 'vitest';
import { keptName, sharedName } from '../../../../server/environments/revisions/images/revision-tags.ts';
import { SCRIPTED_INFO } from '../../../support/engine-info.ts';
import { scriptedEngine } from '../../../support/environments/scripted-engine.ts';
import {
  A,
  B,
  graded,
  house,
  kept,
  LABELS,
  soon,
  TAG,
  withUpdate,
} from '../../../support/environments/update.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

const ENGINE = SCRIPTED_INFO.id;
const GONE = { presence: 'gone', image: TAG };

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

  test('what a command throws away, the server beside it does not bring back because the other keeps it', async () => {
    const store = await tempTestStore();
    const engine = scriptedEngine();
    const server = await house({}, store, engine);
    const other = await house(OTHER, undefined, engine);
    const look = async () => {
      for (const { environments } of [server, other]) await environments.refresh();
    };
    for (const letter of ['a', 'b']) {
      engine.build(letter, TAG, LABELS);
      await look();
    }
    await other.revisions.promote('c', B, 'ada', true);
    await server.revisions.promote('c', B, 'ada', true);
    await look();
    // A process of its own: the server has not read yet what it wrote.
    const command = await house({}, store, engine);
    expect((await command.revisions.prune(false)).map(({ digest }) => digest)).toEqual([A]);
    await server.environments.refresh();
    expect(engine.tagsOf('a')).toEqual([keptName('c', A, OTHER.installation)]);
    expect((await store.revisions.get(`c@${A}`))?.engines).toEqual({ [ENGINE]: GONE });
  });

  test('what a command is about to take away stays thrown away, though the engine still has it', async () => {
    const store = await tempTestStore();
    const engine = scriptedEngine();
    const server = await house({}, store, engine);
    const other = await house(OTHER, undefined, engine);
    for (const letter of ['a', 'b']) {
      engine.build(letter, TAG, LABELS);
      for (const { environments } of [server, other]) await environments.refresh();
    }
    for (const { revisions } of [server, other]) await revisions.promote('c', B, 'ada', true);
    const kept = keptName('c', A, OTHER.installation);
    expect(engine.tagsOf('a')).toContain(kept);
    // The word is written, and the deed has not followed yet.
    await store.revisions.update({ id: `c@${A}` }, { $set: { [`engines.${ENGINE}`]: GONE } });
    await server.revisions.reload();
    expect(engine.tagsOf('a')).toEqual([kept]);
    expect(await store.revisions.get(`c@${A}`)).toMatchObject({ engines: { [ENGINE]: GONE } });
  });

  test('what people take away is gone for both, also while one keeps it for its grades', async () => {
    const engine = scriptedEngine();
    const store = await tempTestStore();
    const one = await house({}, store, engine);
    const other = await house(OTHER, undefined, engine);
    engine.build('a', TAG, LABELS);
    for (const { environments } of [one, other]) await environments.refresh();
    await store.runs.insert(graded(A));
    one.gradedImages.keep({ name: 'c', digest: A });
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
