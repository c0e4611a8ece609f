/** What the machine does not give to the isolation of runs is one warning, not silence and not one line for each run. */
import { expect, test } from 'vitest';
import { watchWeaknesses } from '../../../server/main/watch-attacks.ts';
import { weak, weaknesses } from '../../../server/rules/weaknesses.ts';

test('each kind is reported once, also to those who begin to listen later', () => {
  const lines: unknown[] = [];
  const log = { warn: (facts: unknown) => void lines.push(facts) };
  const stop = watchWeaknesses(log);
  weak('links', 'mount: bad option');
  weak('links', 'mount: bad option');
  stop();
  weak('slot-users', 'unshare: no space left');
  expect(lines).toEqual([{ weakness: 'links', why: 'mount: bad option' }]);
  watchWeaknesses(log)();
  expect(lines).toHaveLength(3);
  expect(weaknesses().map(({ kind }) => kind)).toEqual(['links', 'slot-users']);
});
