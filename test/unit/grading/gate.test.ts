import { expect, test } from 'vitest';
import { createGate } from '../../../server/grading/gate.ts';

test('a gate lets so many in, and the others in the order they came', async () => {
  const gate = createGate(1);
  const order: string[] = [];
  const first = await gate.enter();
  const waiting = ['a', 'b'].map(async (name) => {
    await using _turn = await gate.enter();
    order.push(name);
  });
  expect(order).toEqual([]);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose](); // leaving twice frees one place only
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b']);
});
