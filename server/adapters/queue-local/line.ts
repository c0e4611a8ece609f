/** The ids that wait: first in, first out, and behind them those that failed, until their delay is over. */
import type { Timer } from '../../ports/clock.ts';
import { positionIn, restMs } from './line-policy.ts';

/** @param onReady called when a delay is over */
export function createLine(timer: Timer, onReady: () => void) {
  /** Sets and maps keep the order of insertion. */
  const waiting = new Set<string>();
  /** Failed ids until their delay is over, with what calls it off. They count as waiting, behind all others. */
  const resting = new Map<string, () => void>();
  const failures = new Map<string, number>();

  const has = (runId: string): boolean => waiting.has(runId) || resting.has(runId);

  return {
    has,
    size: (): number => waiting.size + resting.size,
    add: (runId: string): void => void waiting.add(runId),
    takeFirst(): string | undefined {
      const [first] = waiting;
      if (first !== undefined) waiting.delete(first);
      return first;
    },
    succeeded: (runId: string): void => void failures.delete(runId),
    rest(runId: string): void {
      const before = failures.get(runId) ?? 0;
      failures.set(runId, before + 1);
      const again = (): void => {
        resting.delete(runId);
        waiting.add(runId);
        onReady();
      };
      resting.set(runId, timer(again, restMs(before)));
    },
    position: (runId: string): number | null =>
      has(runId) ? positionIn([waiting.keys(), resting.keys()], runId) : null,
    /** @returns whether it waited */
    remove(runId: string): boolean {
      resting.get(runId)?.();
      failures.delete(runId);
      return [waiting.delete(runId), resting.delete(runId)].includes(true);
    },
    /** No delay ends any more. */
    close(): void {
      for (const callOff of resting.values()) callOff();
    },
  };
}
