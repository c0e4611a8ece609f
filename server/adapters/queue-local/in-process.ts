/** The queue of a single server: owners take turns, in memory. At start the queued runs are read from the store again. */

import { systemTimer, type Timer } from '../../ports/clock.ts';
import type { Queue, RunHandler, Turn, Whose } from '../../ports/queue.ts';
import { GradeportError } from '../../rules/errors.ts';
import { createLine } from './line.ts';

export type InProcessOptions = {
  maxWaiting?: number;
  timer?: Timer;
  /** Called for every handler that threw: the queue itself only tries again. */
  onFailure?: (runId: string, error: unknown) => void;
};
/** again: the id was pushed meanwhile and must be handled once more. */
type Active = { again: boolean; parked: boolean; whose: Whose };

export function createInProcessQueue(options: InProcessOptions = {}): Queue {
  const { maxWaiting = 10_000, timer = systemTimer, onFailure = () => {} } = options;
  const line = createLine(timer, handOut);
  const active = new Map<string, Active>();
  let consumer: { handle: RunHandler; concurrency: number } | null = null;
  let idle: (() => void) | null = null;
  let closed = false;

  const countActive = (): number => [...active.values()].filter(({ parked }) => !parked).length;

  function handOut(): void {
    while (consumer && !closed && countActive() < consumer.concurrency) {
      const next = line.takeFirst();
      if (next === undefined) return;
      const turn = { again: false, parked: false, whose: next.whose };
      active.set(next.id, turn);
      void handle(next.id, turn, consumer.handle);
    }
  }

  async function handle(runId: string, turn: Active, handler: RunHandler): Promise<void> {
    try {
      await handler(runId, turnOf(turn, handOut));
      line.succeeded(runId);
      if (turn.again && !closed) line.add(runId, turn.whose);
    } catch (error) {
      if (!closed) line.rest(runId, turn.whose);
      onFailure(runId, error);
    } finally {
      active.delete(runId);
      if (active.size === 0) idle?.();
      handOut();
    }
  }

  return {
    async checkRoom() {
      if (line.size() < maxWaiting) return;
      throw new GradeportError('busy', `${maxWaiting} runs wait already: try again in a minute.`);
    },
    async push(runId, whose) {
      const turn = active.get(runId);
      if (turn) turn.again = true;
      // A closed queue forgets the id: the store still says "queued", and the next start reads that.
      if (closed || turn || line.has(runId)) return;
      line.add(runId, whose);
      handOut();
    },
    consume(handle, concurrency) {
      if (consumer) throw new TypeError('The queue has a consumer already.');
      consumer = { handle, concurrency };
      handOut();
    },
    ahead: async (whose) => line.ahead(whose),
    position: async (runId) => line.position(runId),
    async remove(runId) {
      const turn = active.get(runId);
      const again = turn?.again === true;
      if (turn) turn.again = false;
      return line.remove(runId) || again;
    },
    size: async () => ({ waiting: line.size(), active: countActive() }),
    async close() {
      closed = true;
      line.close();
      if (active.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

const turnOf = (active: Active, handOut: () => void): Turn => ({
  park() {
    active.parked = true;
    handOut();
  },
  again() {
    active.again = true;
  },
});
