/** kill -9 of the MongoDB server while the store is open: what was acknowledged stays, and a batch is whole. */
import { expect, test, vi } from 'vitest';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import type { Store } from '../../../../server/ports/store.ts';
import { openMongoProxy } from '../../../support/mongo/proxy.ts';
import { describeWithMongo, freshDatabase, openMongoServer } from '../../../support/mongo/server.ts';
import { stopAt, writesOf } from '../../../support/mongo/stop-at.ts';
import { stateOf, submission } from '../../../support/store/batches.ts';

/** A connection that stays silent is given up after 15 s, and the server takes some seconds to start. */
const PATIENCE_MS = 60_000;

await describeWithMongo('kill -9 of the MongoDB server', (shared) => {
  test.skipIf(shared.kill === null)(
    'at every step of a batch: afterwards it is whole',
    async () => {
      await using server = await openMongoServer({ durable: true });
      await using proxy = await openMongoProxy(server);
      const cuts = [
        [1, 'before'],
        [1, 'after'],
        [2, 'after'],
        [3, 'after'],
        [4, 'after'],
      ] as const;
      for (const [step, moment] of cuts) {
        const database = freshDatabase();
        await using store = disposable(
          await openMongoStore(proxy.url(database), { patienceMs: PATIENCE_MS }),
        );
        const { stopped, forget } = stopAt(proxy, step, moment);
        const batch = store.batch(submission('x'));
        await stopped;
        await server.kill?.();
        forget();
        await server.restart?.();
        expect(await batch).toBe(true);
        await store.settled();
        expect(await writesOf(server, database)).toEqual({ carries: false, written: 2 });
        expect(await stateOf(store, 'submit', 'x')).toEqual([true, true, true]);
        expect(await store.runs.count({})).toBe(1);
      }
    },
    300_000,
  );

  test.skipIf(shared.kill === null)(
    'while it is written to loses nothing that was acknowledged',
    async () => {
      await using server = await openMongoServer({ durable: true });
      await using store = disposable(
        await openMongoStore(server.url(freshDatabase()), { patienceMs: PATIENCE_MS }),
      );
      const acknowledged: string[] = [];
      const write = async (name: string) => {
        for (let at = 0; at < 40; at++) {
          await store.batch(submission(`${name}${at}`));
          acknowledged.push(`${name}${at}`);
        }
      };
      const writers = Promise.all(['a', 'b', 'c'].map(write));
      for (let kills = 0; kills < 2; kills++) {
        const enough = acknowledged.length + 20;
        await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(enough), {
          timeout: 30_000,
          interval: 5,
        });
        await server.kill?.();
        await server.restart?.();
      }
      await writers;
      for (const id of acknowledged) expect(await stateOf(store, 'submit', id)).toEqual([true, true, true]);
      expect(await store.runs.count({})).toBe(120);
      expect(await store.gradeReturns.count({})).toBe(120);
    },
    120_000,
  );
});

const disposable = (store: Store) => ({ ...store, [Symbol.asyncDispose]: () => store.close() });
