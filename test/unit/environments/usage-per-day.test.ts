import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../server/adapters/sqlite/database.ts';
import { createTranslator } from '../../../server/adapters/sqlite/filter.ts';
import { MOST_PER_DAY, USE_DAYS, useOf } from '../../../server/environments/usage-per-day.ts';
import { collections, type Run } from '../../../server/model/collections.ts';
import { sampleRun } from '../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../support/store/temp-folder.ts';
import { tempTestStore } from '../../support/store/test-store.ts';

const NOW = Date.parse('2026-11-20T15:00:00.000Z');
let count = 0;

/** A run of this environment that was handed in at this instant and graded so many ms later. */
function graded(name: string, at: string, ms: number): Run {
  count += 1;
  const environment = { name, image: null, digest: null, runtime: 'crun', reason: '' };
  const doneAt = new Date(Date.parse(at) + ms).toISOString();
  return sampleRun(`r${count}`, { state: 'done', queuedAt: at, doneAt, environment });
}

describe('the use of an environment', () => {
  test('is counted day by day: how many runs, and how long verdicts took', async () => {
    const store = await tempTestStore();
    const times = [100, 200, 300, 400, 10_000];
    for (const ms of times) await store.runs.insert(graded('c', '2026-11-19T10:00:00.000Z', ms));
    await store.runs.insert(graded('c', '2026-11-20T14:00:00.000Z', 50));
    await store.runs.insert(graded('java', '2026-11-20T14:00:00.000Z', 70));
    await store.runs.insert(graded('c', '2026-10-01T14:00:00.000Z', 90));
    await store.runs.insert(sampleRun('waiting'));
    const days = await useOf(store.runs, 'c', NOW);
    expect(days).toHaveLength(USE_DAYS);
    expect(days[0]).toEqual({ day: '2026-10-22', runs: 0, medianMs: null, p95Ms: null });
    expect(days.slice(-2)).toEqual([
      { day: '2026-11-19', runs: 5, medianMs: 300, p95Ms: 10_000 },
      { day: '2026-11-20', runs: 1, medianMs: 50, p95Ms: 50 },
    ]);
    expect(days.filter(({ runs }) => runs > 0)).toHaveLength(2);
  });

  test('of a busy day counts all runs, and takes times of its last ones only', async () => {
    const store = await tempTestStore();
    const inserts = Array.from({ length: MOST_PER_DAY }, () => graded('c', '2026-11-20T12:00:00.000Z', 10));
    inserts.push(...Array.from({ length: 100 }, () => graded('c', '2026-11-20T08:00:00.000Z', 5000)));
    await Promise.all(inserts.map((run) => store.runs.insert(run)));
    const today = (await useOf(store.runs, 'c', NOW)).at(-1);
    expect(today).toEqual({ day: '2026-11-20', runs: MOST_PER_DAY + 100, medianMs: 10, p95Ms: 10 });
  });
});

test('an index alone answers it, however many runs there are: no document is read and nothing is sorted', () => {
  const database = openDatabase(tempFolder());
  const translate = createTranslator(new Set(collections.runs.indexes.flatMap(({ paths }) => [...paths])));
  const where = translate.where({
    'environment.name': 'c',
    doneAt: { $gte: '2026-11-20T00:00:00.000Z', $lt: '2026-11-21T00:00:00.000Z' },
  });
  const order = translate.orderBy({ doneAt: -1, queuedAt: -1 });
  const columns = ['doneAt', 'queuedAt'].map((path) => translate.valueAt(path).text).join(', ');
  const planOf = (text: string) =>
    JSON.stringify(database.connection.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...where.params));
  const plans = [
    planOf(`SELECT count(*) FROM runs WHERE ${where.text}`),
    planOf(`SELECT ${columns} FROM runs WHERE ${where.text}${order.text} LIMIT ${MOST_PER_DAY}`),
  ];
  database.close();
  for (const plan of plans) {
    expect(plan).toContain('SEARCH runs USING COVERING INDEX runs_environment.name_doneAt_queuedAt');
    expect(plan).not.toContain('TEMP B-TREE');
  }
});

test('the index is made in a SQLite store of before, too', async () => {
  const folder = tempFolder();
  await (await tempStore(folder)).close();
  const db = new DatabaseSync(join(folder, 'gradeport.db'));
  db.exec('DROP INDEX "runs_environment.name_doneAt_queuedAt"');
  db.close();
  const store = await tempStore(folder);
  await store.runs.insert(graded('c', '2026-11-20T14:00:00.000Z', 50));
  expect((await useOf(store.runs, 'c', NOW)).at(-1)?.runs).toBe(1);
  const again = new DatabaseSync(join(folder, 'gradeport.db'));
  const found = again
    .prepare(`SELECT name FROM sqlite_master WHERE name LIKE 'runs_environment.name%'`)
    .all();
  again.close();
  expect(found).toHaveLength(1);
});
