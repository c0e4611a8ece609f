import { expect, test } from 'vitest';
import { createGate } from '../../../server/execution/semaphore.ts';

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

test('who gives up waiting takes nobody’s place', async () => {
  const gate = createGate(1);
  const first = await gate.enter();
  const stop = new AbortController();
  const impatient = gate.enter(stop.signal);
  const patient = gate.enter();
  stop.abort();
  await (await impatient)[Symbol.asyncDispose]();
  let isIn = false;
  void patient.then(() => {
    isIn = true;
  });
  await new Promise(setImmediate);
  expect(isIn).toBe(false);
  await first[Symbol.asyncDispose]();
  await (await patient)[Symbol.asyncDispose]();
  const stopped = await gate.enter(stop.signal);
  const gaveUp = await gate.enter(stop.signal);
  await gaveUp[Symbol.asyncDispose]();
  await stopped[Symbol.asyncDispose]();
});
