/** How long an id rests after a failure. */
import { expect, test } from 'vitest';
import { restMs } from '../../../../server/adapters/queue-local/line-policy.ts';

test.each([
  [0, 1000],
  [1, 2000],
  [5, 32_000],
  [6, 60_000],
  [5000, 60_000],
])('after %i failures before this one it rests for %i ms', (before, ms) => {
  expect(restMs(before)).toBe(ms);
});
