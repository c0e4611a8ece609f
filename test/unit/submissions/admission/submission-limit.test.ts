import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outcomeWithoutRun } from '../../../../server/model/outcome-without-run.ts';
import type { Store } from '../../../../server/ports/store.ts';
import { allowanceOf, usedUpText } from '../../../../server/submissions/admission/submission-limit.ts';
import { openTestStore } from '../../../support/store/test-store.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const HOUR = 3_600_000;
const own = { course: 'c', task: 't', userId: 'ada' };
let store: Store;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-limit-'));
  store = await openTestStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function submit(id: string, hoursAgo: number, ours = false): Promise<void> {
  const at = new Date(NOW - hoursAgo * HOUR).toISOString();
  await store.submissions.insert({ id, ...own, at, answers: {}, attempt: 0 });
  const outcome = outcomeWithoutRun(ours ? { kind: 'system-error', reason: 'x' } : { kind: 'killed' });
  await store.runs.insert({
    id: `run-${id}`,
    submission: id,
    ...own,
    state: 'done',
    attempt: 1,
    failures: 0,
    queuedAt: at,
    startedAt: at,
    doneAt: at,
    environment: null,
    outcome,
  });
}
const left = async (amount: number, hours: number | null) => allowanceOf(store, own, { amount, hours }, NOW);

describe('a task’s submission limit', () => {
  test('is none where the task has none', async () => {
    expect(await allowanceOf(store, own, null, NOW)).toBeNull();
  });

  test('counts all submissions where it has no hours, and then says that there is no more', async () => {
    expect(await left(2, null)).toMatchObject({ left: 2 });
    await submit('a', 5000);
    expect(await left(2, null)).toMatchObject({ left: 1 });
    await submit('b', 1);
    const none = await left(2, null);
    expect(none && usedUpText(none)).toBe('This task takes 2 submissions, and you have used them all.');
  });

  test('counts those of the last hours, and says when the next is possible', async () => {
    for (const [id, ago] of [
      ['a', 30],
      ['b', 20.5],
      ['c', 1],
    ] as const)
      await submit(id, ago);
    const none = await left(2, 24);
    expect(none && usedUpText(none)).toBe(
      'This task takes 2 submissions within 24 hours, and you have used them all. The next is possible at 2026-11-20 13:30 UTC.',
    );
    expect(await left(3, 24)).toMatchObject({ left: 1 });
    expect(await allowanceOf(store, own, { amount: 2, hours: 24 }, NOW + 3.5 * HOUR)).toMatchObject({
      left: 1,
    });
  });

  test('does not count what failed by our fault, nor what others handed in', async () => {
    await submit('a', 1, true);
    expect(await left(1, null)).toMatchObject({ left: 1 });
    expect(
      await allowanceOf(store, { ...own, userId: 'bob' }, { amount: 1, hours: null }, NOW),
    ).toMatchObject({ left: 1 });
  });
});
