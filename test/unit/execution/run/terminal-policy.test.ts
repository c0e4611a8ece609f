/** When a terminal ends, and how much it may print. */
import { expect, test } from 'vitest';
import { endingOf, keepsToWindow, stateEvent } from '../../../../server/execution/run/terminal-policy.ts';

const times = { connectMs: 120_000, sessionMs: 600_000 };
const complaint = 'ssh_student: nobody opened the terminal within 2 min.';

test.each([
  ['by the wish of the shell or the person', null, null],
  [
    'with its session',
    'session',
    { ending: { kind: 'timeout', clock: 'wall', limitMs: 600_000 }, complaint: '' },
  ],
  ['because nobody came', 'nobody came', { ending: { kind: 'finished', exitCode: 253 }, complaint }],
] as const)('a terminal that ends %s', (_, timeUp, ending) => {
  expect(endingOf(timeUp, times)).toEqual(ending);
});

test.each([
  [0, true],
  [1024 * 1024, true],
  [1024 * 1024 + 1, false],
])('%i bytes that are not confirmed keep to the window: %j', (bytes, keeps) => {
  expect(keepsToWindow(bytes)).toBe(keeps);
});

test.each([
  ['open', 0, '1970-01-01T00:00:00.000Z'],
  ['closed', null, null],
] as const)('a page sees that it is %s, and until when', (state, endsAtMs, endsAt) => {
  expect(stateEvent(state, endsAtMs)).toEqual({ type: 'terminal', state, endsAt });
});
