/** The event loop's delay is a metric, and one warning a minute. */
import { expect, test } from 'vitest';
import { type LoopDelay, readLoopDelay, watchLoop } from '../../../server/main/watch-loop.ts';

function watched() {
  const ticks: (() => void)[] = [];
  const [seen, warned]: [LoopDelay[], unknown[]] = [[], []];
  const state = { now: 0, delay: { p50: 0, p99: 1, max: 2 } };
  const watch = watchLoop({
    read: () => state.delay,
    saw: (delay) => seen.push(delay),
    log: { warn: (...said: unknown[]) => void warned.push(said) },
    clock: () => state.now,
    timer: (work) => {
      ticks.push(work);
      return () => ticks.splice(0);
    },
  });
  return { ticks, seen, warned, state, watch, tick: () => ticks.shift()?.() };
}

test('each period is seen, and only a long wait is a warning', () => {
  const { seen, warned, state, tick } = watched();
  tick();
  state.delay = { p50: 1, p99: 200, max: 249 };
  tick();
  expect([seen.length, warned.length]).toEqual([2, 0]);
  state.delay = { p50: 1, p99: 200, max: 250 };
  tick();
  expect(warned).toEqual([[{ loopDelayMs: state.delay }, 'the server was held up: every page waited']]);
});

test('a server that is held up for long warns once a minute', () => {
  const { warned, state, tick } = watched();
  state.delay = { p50: 500, p99: 900, max: 1000 };
  for (const now of [0, 10_000, 59_999, 60_000, 70_000]) {
    state.now = now;
    tick();
  }
  expect(warned).toHaveLength(2);
});

test('a watch that ends looks no more', () => {
  const { watch, ticks } = watched();
  watch[Symbol.dispose]();
  expect(ticks).toEqual([]);
});

test('the longest wait of a period is counted once', async () => {
  const read = readLoopDelay();
  await new Promise((resolve) => setTimeout(resolve, 30));
  for (const end = performance.now() + 150; performance.now() < end; );
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(read().max).toBeGreaterThan(90);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(read().max).toBeLessThan(150);
});
