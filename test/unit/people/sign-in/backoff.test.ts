import { expect, test } from 'vitest';
import { createBackoff } from '../../../../server/people/sign-in/backoff.ts';

function setUp(settings: { free?: number; mostKeys?: number } = {}) {
  const time = { now: 1000 };
  return { time, tries: createBackoff({ clock: () => time.now, ...settings }) };
}
const times = (count: number, work: () => number) => Array.from({ length: count }, work);

test('ten failures are free, then the wait doubles up to a quarter of an hour', () => {
  const { time, tries } = setUp();
  expect(times(10, () => tries.begin('ada'))).toEqual(Array(10).fill(0));
  const waits: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const wait = tries.begin('ada');
    waits.push(wait / 60_000);
    time.now += wait;
    expect(tries.begin('ada')).toBe(0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
});

test('one key says nothing about another, and a success forgets', () => {
  const { tries } = setUp({ free: 1 });
  tries.begin('ada');
  expect(tries.begin('ada')).toBeGreaterThan(0);
  expect(tries.begin('bob')).toBe(0);
  tries.forgive('ada');
  expect(tries.begin('ada')).toBe(0);
});

test('an hour without a try makes a key new', () => {
  const { time, tries } = setUp({ free: 2 });
  times(2, () => tries.begin('ada'));
  time.now += 3_600_001;
  expect(times(2, () => tries.begin('ada'))).toEqual([0, 0]);
});

test('what is remembered is bounded, and the oldest keys go first', () => {
  const { tries } = setUp({ free: 1, mostKeys: 2 });
  for (const key of ['a', 'b', 'c']) tries.begin(key);
  expect(tries.begin('c')).toBeGreaterThan(0);
  expect(tries.begin('a')).toBe(0);
});
