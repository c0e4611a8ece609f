/** The queue of a single server: first in, first out, in memory. At start the queued runs are re-read from the store. */

import { systemTimer, type Timer } from '../../ports/clock.ts';
import type { Queue } from '../../ports/queue.ts';
import { GradeportError } from '../../rules/errors.ts';

export type InProcessOptions = {
  maxWaiting?: number;
  timer?: Timer;
  /** Hears of every handler that threw: the queue itself only tries again. */
  onFailure?: (runId: string, error: unknown) => void;
};
type Handler = (runId: string) => Promise<void>;

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

export function createInProcessQueue(options: InProcessOptions = {}): Queue {
  const { maxWaiting = 10_000, timer = systemTimer, onFailure = () => {} } = options;
  /** Sets and maps keep the order of insertion. */
  const waiting = new Set<string>();
  /** Failed ids until their delay is over, with the way to call it off. They count as waiting, behind all others. */
  const resting = new Map<string, () => void>();
  /** Ids being handled; true when one was pushed meanwhile and must be handled once more. */
  const active = new Map<string, boolean>();
  const failures = new Map<string, number>();
  let consumer: { handler: Handler; concurrency: number } | null = null;
  let idle: (() => void) | null = null;
  let closed = false;

  function handOut(): void {
    while (consumer && !closed && active.size < consumer.concurrency) {
      const next = waiting.values().next();
      if (next.done) return;
      waiting.delete(next.value);
      active.set(next.value, false);
      void handle(next.value, consumer.handler);
    }
  }

  async function handle(runId: string, handler: Handler): Promise<void> {
    try {
      await handler(runId);
      failures.delete(runId);
      if (active.get(runId)) waiting.add(runId);
    } catch (error) {
      rest(runId);
      onFailure(runId, error);
    } finally {
      active.delete(runId);
      if (active.size === 0) idle?.();
      handOut();
    }
  }

  function rest(runId: string): void {
    if (closed) return;
    const before = failures.get(runId) ?? 0;
    failures.set(runId, before + 1);
    const again = (): void => {
      resting.delete(runId);
      waiting.add(runId);
      handOut();
    };
    resting.set(runId, timer(again, Math.min(FIRST_DELAY_MS * 2 ** before, LONGEST_DELAY_MS)));
  }

  const countWaiting = (): number => waiting.size + resting.size;

  return {
    checkRoom() {
      if (countWaiting() < maxWaiting) return;
      throw new GradeportError('busy', `${maxWaiting} runs wait already: try again in a minute.`);
    },
    async push(runId) {
      if (active.has(runId)) active.set(runId, true);
      // A closed queue forgets it: the store still says "queued", and the next start reads that.
      if (closed || active.has(runId) || waiting.has(runId) || resting.has(runId)) return;
      waiting.add(runId);
      handOut();
    },
    consume(handler, concurrency) {
      if (consumer) throw new TypeError('The queue has a consumer already.');
      consumer = { handler, concurrency };
      handOut();
    },
    position(runId) {
      if (!waiting.has(runId) && !resting.has(runId)) return null;
      let before = 0;
      for (const ids of [waiting.keys(), resting.keys()]) {
        for (const id of ids) {
          if (id === runId) return before;
          before++;
        }
      }
      return null;
    },
    remove(runId) {
      resting.get(runId)?.();
      const again = active.get(runId) === true && active.set(runId, false).has(runId);
      failures.delete(runId);
      return [waiting.delete(runId), resting.delete(runId), again].includes(true);
    },
    size: () => ({ waiting: countWaiting(), active: active.size }),
    async close() {
      closed = true;
      for (const callOff of resting.values()) callOff();
      if (active.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}
