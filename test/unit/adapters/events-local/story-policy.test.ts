/** Which attempt an event belongs to, and which finished runs are forgotten. */
import { expect, test } from 'vitest';
import { attemptOf, countToForget } from '../../../../server/adapters/events-local/story-policy.ts';
import type { RunEvent } from '../../../../server/model/run-events.ts';

const environment = { name: 'python', image: null, digest: null, runtime: null, reason: 'of the task' };
const started = (attempt: number): RunEvent => ({ type: 'starting', attempt, environment });
const queued: RunEvent = { type: 'queued', position: 0 };

test.each([
  ['any event of an unknown run', queued, undefined, 0],
  ['any event of a known run', queued, 2, 2],
  ['the start of an unknown run', started(3), undefined, 3],
  ['the start of the next attempt', started(2), 1, 2],
  ['the start of the same attempt', started(2), 2, 2],
  ['the start of an attempt that was given up', started(1), 2, null],
])('%s', (_, event, known, attempt) => {
  expect(attemptOf(event, known)).toBe(attempt);
});

test.each([
  ['no run is over', [], 50, 0],
  ['as many as may be kept', [10, 10], 50, 0],
  ['one more than may be kept', [10, 10, 10], 50, 1],
  ['as large as they may be', [10, 10], 100, 0],
  ['a little too large', [10, 10], 101, 1],
  ['too many and too large', [10, 10, 10], 120, 2],
  ['too large without those that are over, too', [10, 10], 200, 2],
])('%s', (_, done, totalBytes, count) => {
  expect(countToForget(done, totalBytes, { maxDone: 2, maxBytes: 100 })).toBe(count);
});
