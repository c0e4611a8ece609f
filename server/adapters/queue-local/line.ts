/** The ids that wait: in rounds, and behind them those that failed, until their delay is over. */
import type { Timer } from '../../ports/clock.ts';
import type { Whose } from '../../ports/queue.ts';
import { restMs } from './line-policy.ts';
import { Rounds } from './rounds.ts';

/** @param onReady called when a delay is over */
export function createLine(timer: Timer, onReady: () => void) {
  const waiting = new Rounds();
  /**
   * Failed ids until their delay is over, with what calls it off. They count as waiting, behind all others. A map keeps
   * the order of insertion.
   */
  const resting = new Map<string, () => void>();
  const failures = new Map<string, number>();

  return {
    has: (runId: string): boolean => waiting.has(runId) || resting.has(runId),
    size: (): number => waiting.size + resting.size,
    add: (runId: string, whose: Whose): void => waiting.add(runId, whose),
    ahead: (whose: Whose): number => waiting.ahead(whose),
    takeFirst: () => waiting.takeFirst(),
    succeeded: (runId: string): void => void failures.delete(runId),
    rest(runId: string, whose: Whose): void {
      const before = failures.get(runId) ?? 0;
      failures.set(runId, before + 1);
      const again = (): void => {
        resting.delete(runId);
        waiting.add(runId, whose);
        onReady();
      };
      resting.set(runId, timer(again, restMs(before)));
    },
    position(runId: string): number | null {
      if (resting.has(runId)) return waiting.size + [...resting.keys()].indexOf(runId);
      return waiting.position(runId);
    },
    /** @returns whether it waited */
    remove(runId: string): boolean {
      resting.get(runId)?.();
      failures.delete(runId);
      return [waiting.remove(runId), resting.delete(runId)].includes(true);
    },
    /** No delay ends any more. */
    close(): void {
      for (const callOff of resting.values()) callOff();
    },
  };
}
