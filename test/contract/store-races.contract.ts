/** Contract: many who write at once. */
import { expect, test } from 'vitest';
import type { Store } from '../../server/ports/store.ts';
import { ids, sampleRun, sampleSubmission, sampleUser } from '../support/store/samples.ts';

const MANY = 50;
const many = <T>(work: (at: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: MANY }, (_, at) => work(at));
const isConflict = (result: PromiseSettledResult<unknown>): boolean =>
  result.status === 'rejected' && Reflect.get(result.reason, 'code') === 'conflict';

/** @param other opens the same store once more, as another process does */
export function races(store: () => Store, other: () => Promise<Store>): void {
  const kept = (results: PromiseSettledResult<unknown>[]): number => {
    for (const result of results) expect(result.status === 'fulfilled' || isConflict(result)).toBe(true);
    return results.filter(({ status }) => status === 'fulfilled').length;
  };

  test('of 50 with one id, one is inserted', async () => {
    const results = await Promise.allSettled(
      many((at) => store().runs.insert(sampleRun('r', { attempt: at }))),
    );
    expect(kept(results)).toBe(1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(await store().runs.find({})).toEqual([sampleRun('r', { attempt: winner })]);
  });

  test('of 50 with one unique name, one is inserted, and one of 50 others may change to another', async () => {
    const inserts = many((at) => store().users.insert(sampleUser(`u${at}`, { name: 'ada' })));
    expect(kept(await Promise.allSettled(inserts))).toBe(1);
    await Promise.all(many((at) => store().users.insert(sampleUser(`v${at}`))));
    const changes = many((at) => store().users.update({ id: `v${at}` }, { $set: { name: 'bob' } }));
    expect(kept(await Promise.allSettled(changes))).toBe(1);
    expect(await store().users.count({ name: { $in: ['ada', 'bob'] } })).toBe(2);
  });

  test('of 50 batches with one first id, one happens as a whole', async () => {
    const batches = many((at) =>
      store().batch([
        { collection: 'submissions', insert: sampleSubmission('s', { attempt: at }) },
        { collection: 'runs', insert: sampleRun(`r${at}`, { submission: 's' }) },
      ]),
    );
    const results = await Promise.allSettled(batches);
    expect(kept(results)).toBe(1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(ids(await store().runs.find({}))).toEqual([`r${winner}`]);
  });

  test('of 50 compare-and-sets through two openings of the store, each on its own document, 25 × 1 win', async () => {
    const beside = await other();
    await Promise.all(many((at) => store().runs.insert(sampleRun(`r${at}`))));
    const claim = (from: Store, at: number) =>
      from.runs.update(
        { id: `r${at}`, state: 'queued' },
        { $set: { state: 'running' }, $inc: { attempt: 1 } },
      );
    const claims = await Promise.all(many((at) => Promise.all([claim(store(), at), claim(beside, at)])));
    for (const both of claims) expect(both.filter((run) => run !== null)).toHaveLength(1);
    expect(await store().runs.count({ state: 'running', attempt: 1 })).toBe(MANY);
  });

  test('50 batches that change one document after the other, all count', async () => {
    await store().currents.insert({ id: 'c', digest: 'd', serial: 0 });
    const steps = (at: number) =>
      store().batch([
        { collection: 'currents', id: 'c', change: { $inc: { serial: 1 } } },
        { collection: 'runs', insert: sampleRun(`r${at}`) },
      ]);
    expect(await Promise.all(many(steps))).toEqual(Array(MANY).fill(true));
    expect(await store().currents.get('c')).toMatchObject({ serial: MANY });
    expect(await store().runs.count({})).toBe(MANY);
  });

  test('settled() waits for writes that were not waited for, and so does close()', async () => {
    const writes = many((at) => store().runs.insert(sampleRun(`r${at}`), { mayBeLost: true }));
    await store().settled();
    expect(await (await other()).runs.count({})).toBe(MANY);
    const last = store().runs.updateMany({}, { $set: { task: 'last' } });
    const batch = store().batch([{ collection: 'submissions', insert: sampleSubmission('s') }]);
    await store().close();
    expect(await Promise.all([...writes, last, batch])).toHaveLength(MANY + 2);
    const beside = await other();
    expect(await beside.runs.count({ task: 'last' })).toBe(MANY);
    expect(await beside.submissions.count({})).toBe(1);
  });
}
