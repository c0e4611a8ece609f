/** The way is chosen once for each engine, however often it is asked for. */
import { expect, test } from 'vitest';
import { oncePerEngine } from '../../../../server/adapters/portable/once-per-engine.ts';
import type { ImageWatcher } from '../../../../server/ports/engine/images.ts';
import { SCRIPTED_INFO } from '../../../support/engine-info.ts';

function open() {
  const engine = { id: 'one', isAway: false, works: true, chosen: 0 };
  let watcher: ImageWatcher | null = null;
  const way = oncePerEngine(
    {
      containers: {
        async info() {
          if (engine.isAway) throw new Error('It is away.');
          return { ...SCRIPTED_INFO, id: engine.id };
        },
      },
      images: {
        watch(given) {
          watcher = given;
          return () => {};
        },
      },
    },
    async () => {
      if (!engine.works) throw new Error('It does not work.');
      engine.chosen += 1;
      return { name: 'portable', reason: `choice ${engine.chosen}`, volumes: null, users: null };
    },
  );
  return { engine, reason: async () => (await way()).reason, breakConnection: () => watcher?.lost('a test') };
}

test('one choice serves all who ask, also after a break of the connection', async () => {
  const { reason, breakConnection } = open();
  expect(await Promise.all([reason(), reason()])).toEqual(['choice 1', 'choice 1']);
  breakConnection();
  expect(await reason()).toBe('choice 1');
});

test('another engine at the same address is tried anew', async () => {
  const { engine, reason, breakConnection } = open();
  await reason();
  engine.id = 'two';
  breakConnection();
  expect(await reason()).toBe('choice 2');
  expect(await reason()).toBe('choice 2');
});

test('while the engine is away the way stays, and is looked at again once it is back', async () => {
  const { engine, reason, breakConnection } = open();
  await reason();
  Object.assign(engine, { id: 'two', isAway: true });
  breakConnection();
  expect(await reason()).toBe('choice 1');
  engine.isAway = false;
  expect(await reason()).toBe('choice 2');
});

test('a choice that failed is made again', async () => {
  const { engine, reason } = open();
  engine.works = false;
  await expect(reason()).rejects.toThrow('It does not work.');
  engine.works = true;
  expect(await reason()).toBe('choice 1');
});
