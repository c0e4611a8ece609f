/** A timer that fires when a test says so. */
import type { RunEvent } from '../../server/grading/events.ts';
import type { Timer } from '../../server/live/steps.ts';

export function createHandTimer() {
  const waiting = new Map<() => void, number>();
  const timer: Timer = (callback, ms) => {
    waiting.set(callback, ms);
    return () => waiting.delete(callback);
  };
  return {
    timer,
    delays: () => [...waiting.values()],
    /** Fires what was set for at most this long. */
    fire(upToMs = Number.POSITIVE_INFINITY): void {
      for (const [callback, ms] of [...waiting]) {
        if (ms > upToMs) continue;
        waiting.delete(callback);
        callback();
      }
    },
  };
}

export const starting = (attempt: number): RunEvent => ({
  type: 'starting',
  attempt,
  environment: { name: 'c', image: null, digest: null, runtime: 'runc', reason: '' },
});
export const out = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): RunEvent => ({
  type: 'output',
  stream,
  text,
});
