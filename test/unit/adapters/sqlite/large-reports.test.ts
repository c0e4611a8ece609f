/** Lists of runs are read from indexes: a stored report of many megabytes costs them nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredIndexes, openDatabase } from '../../../../server/adapters/sqlite/database.ts';
import { indexedBy } from '../../../../server/adapters/sqlite/index-alone.ts';
import { openSqliteStore } from '../../../../server/adapters/sqlite/open.ts';
import type { Store } from '../../../../server/ports/store.ts';
import { countedRun, countSolved, progressOf } from '../../../../server/submissions/progress.ts';
import { taskRuns } from '../../../../server/submissions/task-runs.ts';
import { effortOfAsync } from '../../../support/effort.ts';

let folder: string;
let store: Store;
const RUNS = 3;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-reports-'));
  // Written past the schema: such reports are from before there was a bound.
  const { connection, close } = openDatabase(folder);
  const nested = `[${'[[]],'.repeat(3 * 2 ** 20)}0]`;
  for (let count = 0; count < RUNS; count += 1) {
    const outcome = `"outcome":{"verdict":"success","result":"success","grade":${count},"report":{"custom":{"a":${nested}}}}`;
    const whose = `"course":"c","task":"t","userId":"u","submission":"s${count}"`;
    connection
      .prepare('INSERT INTO runs VALUES (?, ?)')
      .run(
        `r${count}`,
        `{"id":"r${count}",${whose},"state":"done","queuedAt":"2026-01-0${count + 1}",${outcome}}`,
      );
  }
  close();
  store = await openSqliteStore(folder);
}, 60_000);
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const own = { course: 'c', task: 't', userId: { $in: ['u'] } };
const learner = { owners: { $in: ['u'] }, staff: false };
const task = { course: 'c', id: 't', evaluate: 'best' } as const;
const asked: [string, () => Promise<unknown>][] = [
  ['the runs beside a task', () => taskRuns(store, own)],
  ['the run that counts', () => countedRun(store, learner, task)],
  ['the last run', () => countedRun(store, learner, { ...task, evaluate: 'last' })],
  ['how often we failed', () => store.runs.group('outcome.verdict', own)],
  ['the grades', () => store.runs.group('outcome.grade', { ...own, state: 'done' })],
  [
    'the runs of submissions',
    () =>
      store.runs.pluck(
        ['submission', 'debug', 'id', 'state', 'queuedAt', 'outcome.verdict', 'outcome.result'],
        { submission: { $in: ['s0', 's1', 's2'] } },
        { sort: { queuedAt: -1 } },
      ),
  ],
];

test.each(asked)('%s are read within milliseconds beside reports of 15 MB', async (_, ask) => {
  let found: unknown = [];
  const effort = await effortOfAsync(async () => {
    found = await ask();
  });
  expect(effort).toBeLessThan(1);
  expect(found).not.toEqual([]);
});

test('the progress in a course is, too', async () => {
  const course = { id: 'c', tasks: [] };
  let progress: unknown = null;
  const effort = await effortOfAsync(async () => {
    progress = await progressOf(store, learner, course);
  });
  expect(progress).toEqual(new Map([['t', { status: 'solved', grade: 2 }]]));
  expect(effort).toBeLessThan(1);
  expect(await countSolved(store, learner, 'c', [])).toBe(0);
});

test('an index is named only where it has all that is asked, and begins with what is given', () => {
  const indexes = [
    { name: 'narrow', paths: ['a'] },
    { name: 'wide', paths: ['a', 'b', 'c'] },
    { name: 'other', paths: ['b', 'a', 'c'] },
  ];
  expect(indexedBy(indexes, ['b', 'id'], { a: 'x' })).toBe(' INDEXED BY "wide"');
  expect(indexedBy(indexes, ['c'], { b: { $in: ['x'] } })).toBe(' INDEXED BY "other"');
  expect(indexedBy(indexes, ['d'], { a: 'x' })).toBe('');
  expect(indexedBy(indexes, ['b'], { c: 'x' })).toBe('');
  expect(indexedBy(indexes, ['b'], { a: { $ne: 'x' } })).toBe('');
  expect(indexedBy(indexes, ['b'], { a: true })).toBe('');
  expect(indexedBy(indexes, ['b'], { a: 'x', id: 'y' })).toBe('');
});

test('indexes that an older Gradeport made are removed when a store is opened', async () => {
  const other = await mkdtemp(join(tmpdir(), 'old-indexes-'));
  openDatabase(other).close();
  const file = new DatabaseSync(join(other, 'gradeport.db'));
  file.exec(`CREATE INDEX "runs_old" ON runs (json_extract(doc, '$.old'))`);
  file.close();
  const { connection, close } = openDatabase(other);
  const names = connection
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL`)
    .all();
  close();
  expect(names.map(({ name }) => String(name)).toSorted()).toEqual(
    declaredIndexes()
      .map(({ name }) => name)
      .toSorted(),
  );
  await rm(other, { recursive: true });
});
