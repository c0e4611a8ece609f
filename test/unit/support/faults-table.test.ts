/** The page of the fault harness is made from the rows of its runs. */
import { expect, test } from 'vitest';
import { pageOf } from '../../support/faults/table.ts';
import { OK } from '../../support/faults/walk-steps.ts';

const about = { store: 'SQLite', commit: 'abc1234', at: '2026-12-01T08:00:00.000Z' };
const scenario = 'a student hands in';
const row = (step: string, lasts: 'once' | 'while', outcome: string) => ({
  ...about,
  row: { scenario, step, lasts, ms: 2340, outcome },
});

test('each step has its number, and each try its outcome, its time, or nothing where it was not made', () => {
  const page = pageOf([
    { ...about, steps: { scenario, steps: ['store.runs.get()', 'clock.main ahead'] } },
    row('store.runs.get()', 'once', OK),
    row('store.runs.get()', 'while', 'WRONG: no verdict'),
    row('clock.main ahead', 'while', 'not met'),
  ]);
  expect(page).toContain('| 1 | `store.runs.get()` | ✓ 2.3 | ✗ |  |');
  expect(page).toContain('| 2 | `clock.main ahead` |  | – |  |');
  expect(page).toContain('2 steps, 3 of 5 tries made, 1 wrong.');
  expect(page).toContain('- `store.runs.get()` while: WRONG: no verdict');
});

test('of two tries the later one counts, and stores have a table each', () => {
  const page = pageOf([
    row('store.runs.get()', 'once', 'WRONG: no verdict'),
    row('store.runs.get()', 'once', OK),
    { ...row('store.batch(runs)', 'once', OK), store: 'MongoDB' },
  ]);
  expect(page).not.toContain('✗');
  expect(page).toContain('## A student hands in (MongoDB)');
  expect(page).toContain('| | step | once | for 2.5 s | until a restart | answer lost |');
});
