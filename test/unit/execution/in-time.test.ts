/** How long a run's containers may take to start, and what becomes of the run meanwhile. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startInTime } from '../../../server/execution/in-time.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A start that is never over, except when it is called off. */
const never = (signal: AbortSignal) =>
  new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('called off'))));

const timesOf = (wallMs: number, startsLate?: () => boolean) => {
  const stop = new AbortController();
  return { stop, times: { wallMs, signal: stop.signal, startsLate } };
};

test('a start in time asks for nothing', async () => {
  const startsLate = vi.fn(() => true);
  expect(await startInTime(async () => 'slot', timesOf(5000, startsLate).times)).toBe('slot');
  vi.advanceTimersByTime(60_000);
  expect(startsLate).not.toHaveBeenCalled();
});

test.each([
  [60_000, 60_000],
  [4000, 4000],
  [10, 3000],
])(
  'with a limit of %i ms the run gives its place away after %i ms, and waits on',
  async (wallMs, afterMs) => {
    const startsLate = vi.fn(() => true);
    const { promise, resolve } = Promise.withResolvers<string>();
    const started = startInTime(() => promise, timesOf(wallMs, startsLate).times);
    vi.advanceTimersByTime(afterMs - 1);
    expect(startsLate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(startsLate).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(20_000);
    resolve('slot');
    expect(await started).toBe('slot');
  },
);

test('a run that must keep its place ends its start, and is tried again without a failure', async () => {
  const started = startInTime(never, timesOf(4000, () => false).times);
  const said = expect(started).rejects.toMatchObject({ code: 'busy' });
  vi.advanceTimersByTime(4000);
  await said;
});

test('a run that is stopped does not wait for its start, which loses its own failure', async () => {
  const { stop, times } = timesOf(4000);
  const started = startInTime(never, times);
  stop.abort();
  expect(await started).toBeNull();
});

test('a start that fails says why', async () => {
  const start = () => Promise.reject(new Error('no image'));
  await expect(startInTime(start, timesOf(4000).times)).rejects.toThrow('no image');
});
