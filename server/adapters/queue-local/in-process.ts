/** The queue of a single server: first in, first out, in memory. At start the queued runs are re-read from the store. */

import { systemTimer, type Timer } from '../../ports/clock.ts';
import type { Queue, RunHandler } from '../../ports/queue.ts';
import { GradeportError } from '../../rules/errors.ts';

export type InProcessOptions = {
  maxWaiting?: number;
  timer?: Timer;
  /** Called for every handler that threw: the queue itself only tries again. */
  onFailure?: (runId: string, error: unknown) => void;
};
/** again: the id was pushed meanwhile and must be handled once more. */
type Active = { again: boolean; parked: boolean };

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

export function createInProcessQueue(options: InProcessOptions = {}): Queue {
  const { maxWaiting = 10_000, timer = systemTimer, onFailure = () => {} } = options;
  /** Sets and maps keep the order of insertion. */
  const waiting = new Set<string>();
  /** Failed ids until their delay is over, with what calls it off. They count as waiting, behind all others. */
  const resting = new Map<string, () => void>();
  const active = new Map<string, Active>();
  const failures = new Map<string, number>();
  let consumer: { handle: RunHandler; concurrency: number } | null = null;
  let idle: (() => void) | null = null;
  let closed = false;

  const countActive = (): number => [...active.values()].filter(({ parked }) => !parked).length;

  function handOut(): void {
    while (consumer && !closed && countActive() < consumer.concurrency) {
      const next = waiting.values().next();
      if (next.done) return;
      waiting.delete(next.value);
      const turn = { again: false, parked: false };
      active.set(next.value, turn);
      void handle(next.value, turn, consumer.handle);
    }
  }

  async function handle(runId: string, turn: Active, handler: RunHandler): Promise<void> {
    const park = (): void => {
      turn.parked = true;
      handOut();
    };
    try {
      await handler(runId, { park });
      failures.delete(runId);
      if (turn.again) waiting.add(runId);
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
    async checkRoom() {
      if (countWaiting() < maxWaiting) return;
      throw new GradeportError('busy', `${maxWaiting} runs wait already: try again in a minute.`);
    },
    async push(runId) {
      const turn = active.get(runId);
      if (turn) turn.again = true;
      // A closed queue forgets the id: the store still says "queued", and the next start reads that.
      if (closed || turn || waiting.has(runId) || resting.has(runId)) return;
      waiting.add(runId);
      handOut();
    },
    consume(handle, concurrency) {
      if (consumer) throw new TypeError('The queue has a consumer already.');
      consumer = { handle, concurrency };
      handOut();
    },
    async position(runId) {
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
    async remove(runId) {
      resting.get(runId)?.();
      const turn = active.get(runId);
      const again = turn?.again === true;
      if (turn) turn.again = false;
      failures.delete(runId);
      return [waiting.delete(runId), resting.delete(runId), again].includes(true);
    },
    size: async () => ({ waiting: countWaiting(), active: countActive() }),
    async close() {
      closed = true;
      for (const callOff of resting.values()) callOff();
      if (active.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}
