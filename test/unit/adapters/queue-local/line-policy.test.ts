/** How long an id rests after a failure, and how many are before it. */
import { expect, test } from 'vitest';
import { positionIn, restMs } from '../../../../server/adapters/queue-local/line-policy.ts';

test.each([
  [0, 1000],
  [1, 2000],
  [5, 32_000],
  [6, 60_000],
  [5000, 60_000],
])('after %i failures before this one it rests for %i ms', (before, ms) => {
  expect(restMs(before)).toBe(ms);
});

test.each([
  ['the first that waits', 'a', 0],
  ['the last that waits', 'b', 1],
  ['one that rests is behind all that wait', 'c', 2],
  ['one in neither line', 'd', null],
])('%s', (_, runId, position) => {
  expect(positionIn([['a', 'b'], new Set(['c'])], runId)).toBe(position);
});
