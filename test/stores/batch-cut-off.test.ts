/** Batches that end in the middle: the process that writes them is killed at each of its steps. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { openMongoStore } from '../../server/adapters/mongo/open.ts';
import type { Store } from '../../server/ports/store.ts';
import { openMongoProxy } from '../support/mongo/proxy.ts';
import { describeWithMongo, freshDatabase } from '../support/mongo/server.ts';
import { stopAt, writesOf } from '../support/mongo/stop-at.ts';
import { beforePromotion, stateOf, type Verb } from '../support/store/batches.ts';
import { startChild } from '../support/store/child.ts';
import { tempFolder, tempStore } from '../support/store/temp-folder.ts';

/** Three steps, and the end of the journal. */
const STEPS = [1, 2, 3, 4];
const MOMENTS = ['before', 'after'] as const;
const VERBS: Verb[] = ['submit', 'promote'];
const CASES = VERBS.flatMap((verb) =>
  STEPS.flatMap((step) => MOMENTS.map((moment) => ({ verb, step, moment }))),
);

/** What somebody may look at first; each must find the whole batch, or nothing of it. */
const READERS: Record<Verb, ((store: Store) => Promise<unknown>)[]> = {
  submit: [
    (store) => store.submissions.get('x'),
    (store) => store.submissions.find({ course: 'c1' }),
    (store) => store.submissions.findOne({ task: 't1' }, { sort: { at: -1 } }),
    (store) => store.submissions.pluck(['task'], {}),
    (store) => store.submissions.count({}),
    (store) => store.submissions.group('task', {}),
    (store) => store.submissions.update({ id: 'x' }, { $set: { attempt: 1 } }),
    (store) => store.submissions.updateMany({}, { $set: { attempt: 1 } }),
  ],
  promote: [
    (store) => store.currents.get('x'),
    (store) => store.currents.find({}),
    (store) => store.currents.pluck(['digest'], { id: 'x' }),
    (store) => store.currents.count({ serial: 2 }),
    (store) => store.currents.group('digest', {}),
    (store) => store.currents.update({ id: 'x' }, { $set: { digest: 'd3' } }),
    (store) =>
      store.batch([
        { collection: 'currents', id: 'x', where: { serial: 2 }, change: { $set: { digest: 'd3' } } },
      ]),
    (store) => store.currents.findOne({ digest: 'd2' }),
  ],
};

await describeWithMongo('a batch on MongoDB whose process is killed', (server) => {
  async function opened(url: string, lock: boolean): Promise<Store> {
    const store = await openMongoStore(url, { lock });
    onTestFinished(() => store.close());
    return store;
  }

  /** Kills the writer of a batch when its command with this number is on its way; its server stands by. */
  async function cutOff({ verb, step, moment }: (typeof CASES)[number], database: string): Promise<void> {
    await using proxy = await openMongoProxy(server);
    const child = startChild('batch-child.ts', proxy.url(database));
    expect(await child.line()).toBe('ready');
    const { stopped } = stopAt(proxy, step, moment);
    child.say(`${verb} x`);
    await stopped;
    await child.kill();
  }

  test.each(CASES)(
    '$moment write $step of "$verb": it is whole or not there for every reader',
    async (cut) => {
      const database = freshDatabase();
      const first = await openMongoStore(server.url(database), { lock: true });
      if (cut.verb === 'promote') await beforePromotion(first, 'x');
      await first.close();
      await cutOff(cut, database);
      const happened = cut.step > 1 || cut.moment === 'after';
      const beside = await opened(server.url(database), false);
      // What was left, without a reader that could finish it.
      const raw = await writesOf(server, database);
      const done = cut.moment === 'after' ? cut.step : cut.step - 1;
      expect(raw).toEqual({ carries: happened && done < 4, written: Math.max(0, Math.min(done - 1, 2)) });
      const read = READERS[cut.verb][(cut.step - 1) * 2 + (cut.moment === 'after' ? 1 : 0)];
      await read?.(beside);
      expect(await stateOf(beside, cut.verb, 'x')).toEqual([happened, happened, happened]);
      if (!happened && cut.verb === 'submit') expect(await beside.submissions.count({})).toBe(0);
    },
    60_000,
  );

  test.each(VERBS)(
    'a server that runs finishes "%s" within 5 s, though it is not read',
    async (verb) => {
      const database = freshDatabase();
      const running = await opened(server.url(database), true);
      if (verb === 'promote') await beforePromotion(running, 'x');
      await cutOff({ verb, step: 2, moment: 'before' }, database);
      await vi.waitFor(
        async () => expect(await writesOf(server, database)).toEqual({ carries: false, written: 2 }),
        { timeout: 5000, interval: 50 },
      );
      expect(await stateOf(running, verb, 'x')).toEqual([true, true, true]);
    },
    60_000,
  );

  test('a server that starts finishes it before it takes the first question', async () => {
    const database = freshDatabase();
    await (await openMongoStore(server.url(database))).close();
    await cutOff({ verb: 'submit', step: 2, moment: 'before' }, database);
    await opened(server.url(database), true);
    expect(await writesOf(server, database)).toEqual({ carries: false, written: 2 });
  }, 60_000);
});

test('on SQLite, kill -9 among many batches leaves each whole or not there', async () => {
  const folder = tempFolder();
  let told = 0;
  for (let round = 0; round < 4; round++) {
    const child = startChild('batch-child.ts', folder);
    expect(await child.line()).toBe('ready');
    for (let at = 0; at < 200; at++) child.say(`submit ${round}-${at}`);
    for (let at = 0; at < 20 + round * 7; at++) {
      expect(await child.line()).toBe('done');
      told++;
    }
    await child.kill();
  }
  const store = await tempStore(folder);
  const ids = (await store.submissions.pluck(['id'], {})).flat().map(String);
  expect(ids.length).toBeGreaterThanOrEqual(told);
  for (const id of ids) expect(await stateOf(store, 'submit', id)).toEqual([true, true, true]);
  expect(await store.runs.count({})).toBe(ids.length);
  expect(await store.gradeReturns.count({})).toBe(ids.length);
}, 60_000);
