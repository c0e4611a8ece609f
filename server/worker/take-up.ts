/**
 * The store is the truth: a run that it has as waiting is in the queue, and one that it has as running is worked on.
 * Where an answer of the database was lost, or another process finished a batch, they may differ for a moment.
 */

import type { Publish } from '../model/run-events.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';

type TakeUp = {
  store: Pick<Store, 'runs'>;
  queue: Queue;
  publish: Publish;
  /** Runs that this process works on, by id. */
  running: { has(runId: string): boolean };
};

/** Puts into the queue what waits in the store, in the order of its arrival. */
export async function takeUpWaiting({ store, queue, publish, running }: TakeUp): Promise<void> {
  const waiting = await store.runs.pluck(['id'], { state: 'queued' }, { sort: { queuedAt: 1 } });
  for (const [id] of waiting) {
    if (typeof id !== 'string' || queue.position(id) !== null || running.has(id)) continue;
    await queue.push(id);
    publish(id, { type: 'queued', position: queue.position(id) });
  }
}

/** Gives back to the queue what no process works on, though it was claimed. One server has the store to itself. */
export async function takeUpLost(deps: TakeUp): Promise<void> {
  const claimed = await deps.store.runs.pluck(['id', 'attempt'], { state: 'running' });
  for (const [id, attempt] of claimed) {
    if (typeof id !== 'string' || typeof attempt !== 'number' || deps.running.has(id)) continue;
    await deps.store.runs.update({ id, state: 'running', attempt }, { $set: { state: 'queued' } });
  }
  await takeUpWaiting(deps);
}
