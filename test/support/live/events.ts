/** What runs say, and a timer that fires when a test says so. */
import type { RunEvent } from '../../../server/model/run-events.ts';
import type { Timer } from '../../../server/ports/clock.ts';
import { outcomeWith } from '../http/grading.ts';

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
export const done = { type: 'done', outcome: outcomeWith() } as const;

/** The output, with the number of bytes where some were left out. */
export const textOf = (events: readonly RunEvent[]): string =>
  events
    .map((event) =>
      event.type === 'output' ? event.text : event.type === 'omitted' ? `[${event.bytes}]` : '',
    )
    .join('');
