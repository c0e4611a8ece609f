/** Which batches a process knows as its own. */
import { expect, test } from 'vitest';
import { createOwnBatches } from '../../../server/adapters/mongo/own-batches.ts';

test.each([
  ['of another process is not known', [], undefined],
  ['that was begun is known', ['x'], true],
  ['stays known while few came after it', ['x', 'a'], true],
  ['is forgotten after many more', ['x', 'a', 'b'], undefined],
  ['that came later stays', ['a', 'b', 'x'], true],
])('a batch %s', async (_, begun, known) => {
  const own = createOwnBatches(2);
  for (const id of begun) own.remember(id, Promise.resolve(true));
  expect(await own.get('x')).toBe(known);
});

test('a batch that did not begin is forgotten', () => {
  const own = createOwnBatches();
  own.remember('x', Promise.resolve(false));
  own.forget('x');
  expect(own.get('x')).toBeUndefined();
});
