/** Contract: documents of many megabytes, and thousands of documents. */
import { expect, test } from 'vitest';
import type { Run } from '../../server/model/collections.ts';
import type { Store } from '../../server/ports/store.ts';
import { sampleOutcome, sampleRun, sampleSubmission } from '../support/store/samples.ts';

const MEGABYTE = 2 ** 20;
const COUNT = 5000;
const PARALLEL = 500;

const nth = (at: number): Run =>
  sampleRun(`r${String(at).padStart(4, '0')}`, {
    task: `t${at % 10}`,
    userId: `u${at % 100}`,
    attempt: at,
    state: at % 5 === 0 ? 'queued' : 'done',
    queuedAt: new Date(Date.UTC(2026, 10, 20) + (at % 1000)).toISOString(),
  });

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < COUNT; from += PARALLEL)
    await Promise.all(Array.from({ length: PARALLEL }, (_, at) => store.runs.insert(nth(from + at))));
}

export function sizes(store: () => Store): void {
  test('12 MB: inserted alone and by a batch, found, changed, and read with its neighbour', async () => {
    const code = 'é'.repeat(6 * MEGABYTE);
    const submission = sampleSubmission('s', { answers: { code } });
    await store().batch([
      { collection: 'submissions', insert: submission },
      { collection: 'runs', insert: sampleRun('r', { submission: 's' }) },
    ]);
    const found = await store().submissions.find({ course: 'c1' });
    expect(found[0]?.answers['code'] === code).toBe(true);
    const outcome = sampleOutcome({ text: 'y'.repeat(12 * MEGABYTE) });
    await store().runs.update({ id: 'r' }, { $set: { outcome, state: 'done' } });
    await store().runs.insert(sampleRun('other', { outcome }));
    // Together more than a document of MongoDB may have.
    const both = await store().getWith({ from: 'runs', id: 'r', by: 'submission', to: 'submissions' });
    expect(both?.doc.outcome?.report.custom['text'] === outcome.report.custom['text']).toBe(true);
    expect(both?.linked?.answers['code'] === code).toBe(true);
    expect(await store().runs.find({})).toHaveLength(2);
    expect(await store().runs.pluck(['id', 'state'], { state: 'done' })).toEqual([['r', 'done']]);
  });

  test('5,000 documents: found, sorted, paged, plucked, grouped, counted, changed and removed', async () => {
    await fill(store());
    const all = await store().runs.find({}, { sort: { id: 1 } });
    expect(all).toEqual(Array.from({ length: COUNT }, (_, at) => nth(at)));
    expect(await store().runs.count({ state: 'queued' })).toBe(COUNT / 5);
    const rows = await store().runs.pluck(['id', 'attempt'], { task: 't3' }, { sort: { attempt: -1 } });
    expect(rows).toHaveLength(COUNT / 10);
    expect(rows.slice(0, 2)).toEqual([
      ['r4993', 4993],
      ['r4983', 4983],
    ]);
    const groups = await store().runs.group('userId', { state: 'done' });
    expect(groups.size).toBe(80);
    expect(new Set(groups.values())).toEqual(new Set([COUNT / 100]));
    const many = { $in: all.filter((_, at) => at % 2 === 0).map(({ id }) => id) };
    expect(await store().runs.count({ id: many })).toBe(COUNT / 2);
    const seen = new Set<string>();
    for (let skip = 0; skip < COUNT; skip += 1250)
      for (const { id } of await store().runs.find({}, { sort: { queuedAt: -1 }, skip, limit: 1250 }))
        seen.add(id);
    expect(seen.size).toBe(COUNT);
    expect(await store().runs.updateMany({ state: 'queued' }, { $inc: { failures: 1 } })).toBe(COUNT / 5);
    expect(await store().runs.count({ failures: 1 })).toBe(COUNT / 5);
    expect(await store().runs.remove({ state: 'done' })).toBe(COUNT - COUNT / 5);
    expect(await store().runs.count({})).toBe(COUNT / 5);
  }, 60_000);
}
