import { expect, test } from 'vitest';
import { createFairGate } from '../../../server/rules/fair-gate.ts';

test('one caller of another lane waits like the second in line, however long the first lane is', async () => {
  const gate = createFairGate(1, { perLane: 100, overall: 100 });
  const order: string[] = [];
  const visit = async (lane: string, name: string) => {
    using _place = await gate.enter(lane);
    order.push(name);
  };
  const all = Array.from({ length: 50 }, (_, index) => visit('mallory', `m${index}`));
  await Promise.all([...all, visit('ada', 'ada')]);
  expect(order.indexOf('ada')).toBeLessThan(3);
  expect(order).toHaveLength(51);
});

test('is full for one lane, and then for all', async () => {
  const gate = createFairGate(1, { perLane: 2, overall: 3 });
  const inside = await gate.enter('a');
  const waiting = [gate.enter('a'), gate.enter('a')];
  expect(gate.enter('a')).toBeNull();
  waiting.push(gate.enter('b'));
  expect(gate.enter('c')).toBeNull();
  inside?.[Symbol.dispose]();
  (await waiting[0])?.[Symbol.dispose]();
  expect(gate.enter('c')).not.toBeNull();
});

test('a place that is left twice is given away once', async () => {
  const gate = createFairGate(1, { perLane: 5, overall: 5 });
  const place = await gate.enter('a');
  place?.[Symbol.dispose]();
  place?.[Symbol.dispose]();
  await gate.enter('a');
  let came = false;
  void gate.enter('b')?.then(() => {
    came = true;
  });
  await Promise.resolve();
  await Promise.resolve();
  expect(came).toBe(false);
});
