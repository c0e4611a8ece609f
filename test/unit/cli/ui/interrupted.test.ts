/** Ctrl-C: whatever is under way ends in order, and a second, later one ends the program at once. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilInterrupted } from '../../../../server/cli/ui/interrupted.ts';

const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as typeof process.exit);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  exit.mockClear();
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s asks for the end of what is under way', (signal) => {
  using interrupted = untilInterrupted();
  expect(interrupted.signal.aborted).toBe(false);
  process.emit(signal);
  expect(interrupted.signal.aborted).toBe(true);
  expect(exit).not.toHaveBeenCalled();
});

test('the same key, passed on by a parent, comes twice and counts once', () => {
  using _ = untilInterrupted();
  process.emit('SIGINT');
  vi.advanceTimersByTime(300);
  process.emit('SIGINT');
  expect(exit).not.toHaveBeenCalled();
});

test('a second key, later, ends the program at once with the code of an interrupt', () => {
  using _ = untilInterrupted();
  process.emit('SIGINT');
  vi.advanceTimersByTime(1500);
  process.emit('SIGINT');
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
});

test('work that is over no longer holds signals back', () => {
  const before = process.listenerCount('SIGINT');
  untilInterrupted()[Symbol.dispose]();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
