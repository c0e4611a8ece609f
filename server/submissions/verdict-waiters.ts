/** Waits for the verdicts of runs, as a reader of run events. */
import type { RunReader } from '../ports/run-events.ts';

export type VerdictWaiters = ReturnType<typeof createVerdictWaiters>;

export function createVerdictWaiters() {
  const waiting = new Map<string, Set<() => void>>();

  function tell(runId: string): void {
    for (const resolve of waiting.get(runId) ?? []) resolve();
  }

  return {
    tell,
    saw: ((runId, { type }) => {
      if (type === 'done') tell(runId);
    }) satisfies RunReader,
    /** Whether the verdict came within `ms`. */
    wait(runId: string, ms: number): Promise<boolean> {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const all = waiting.get(runId) ?? new Set();
      waiting.set(runId, all);
      const settle = (isDone: boolean) => {
        clearTimeout(timer);
        all.delete(come);
        if (all.size === 0) waiting.delete(runId);
        resolve(isDone);
      };
      const come = () => settle(true);
      const timer = setTimeout(() => settle(false), ms);
      all.add(come);
      return promise;
    },
  };
}
