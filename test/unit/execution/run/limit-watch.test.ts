import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchLimits } from '../../../../server/execution/run/limit-watch.ts';
import { NO_USAGE } from '../../../../server/ports/engine/containers.ts';
import { GradeportError } from '../../../../server/rules/errors.ts';
import { defaultLimits } from '../../../../server/rules/limits.ts';
import type { Ending } from '../../../../server/rules/verdict.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A container that uses a processor whole; waiting and held are what a terminal makes of it. */
function busy(limits: { cpuMs: number; wallMs: number }) {
  const state = { waiting: false, heldMs: 0, hit: null as Ending | null };
  const begun = Date.now();
  const watch = watchLimits({
    usage: async () => ({
      cpuMs: Date.now() - begun,
      memoryBytes: 0,
      oomKills: 0,
      refusedForks: 0,
      isOver: false,
    }),
    isFull: async () => false,
    limits: { ...defaultLimits, ...limits },
    gone: () => ({ kind: 'killed' }),
    heldMs: () => state.heldMs,
    isWaiting: () => state.waiting,
  });
  void watch.hit.then((hit) => {
    state.hit = hit;
  });
  return { state, watch };
}

test('processor time counts, but not while its programs wait for a person', async () => {
  const { state, watch } = busy({ cpuMs: 1000, wallMs: 1_000_000 });
  state.waiting = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.hit).toBeNull();
  state.waiting = false;
  await vi.advanceTimersByTimeAsync(900);
  expect(state.hit).toBeNull();
  await vi.advanceTimersByTimeAsync(300);
  expect(state.hit).toEqual({ kind: 'timeout', clock: 'cpu', limitMs: 1000 });
  await watch.stop();
});

test('the clock stands still as long as it is held, and goes on where it stood', async () => {
  const { state, watch } = busy({ cpuMs: 1_000_000, wallMs: 10_000 });
  await vi.advanceTimersByTimeAsync(5000);
  for (let second = 0; second < 100; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    state.heldMs += 1000;
  }
  expect(state.hit).toBeNull();
  await vi.advanceTimersByTimeAsync(4900);
  expect(state.hit).toBeNull();
  await vi.advanceTimersByTimeAsync(1000);
  expect(state.hit).toEqual({ kind: 'timeout', clock: 'wall', limitMs: 10_000 });
  await watch.stop();
});

test.each([
  ['from the beginning', 0, true],
  ['in the middle', 1000, false],
])('an engine that is away %s ends no server, and the clock still counts', async (_, fromMs, isReported) => {
  const begun = Date.now();
  const away = new GradeportError('unreachable', 'The engine is away.');
  const watch = watchLimits({
    usage: async () => {
      const ms = Date.now() - begun;
      if (ms >= fromMs && ms < 3000) throw away;
      return NO_USAGE;
    },
    isFull: async () => false,
    limits: { ...defaultLimits, wallMs: 5000 },
    gone: () => ({ kind: 'killed' }),
  });
  // A rejection without a handler would fail this file.
  await vi.advanceTimersByTimeAsync(6000);
  expect(await watch.hit).toMatchObject({ kind: 'timeout', clock: 'wall' });
  const stopped = watch.stop().then(
    () => null,
    (error: unknown) => error,
  );
  expect(await stopped).toBe(isReported ? away : null);
});
