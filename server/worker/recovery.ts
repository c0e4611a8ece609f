/**
 * The store is the truth: a run that it has as queued must be in the queue, and one that it has as running must have a
 * worker. They differ for a moment when a process died, an answer of the database was lost, or another process finished
 * a batch.
 */
import type { Logger } from 'pino';
import type { Publish } from '../model/run-events.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import { settleOpenKeys } from '../submissions/admission/open-keys.ts';

/** How often we look for runs that the store has and the queue does not. */
const LOOK_MS = 4000;

type TakeUp = {
  store: Pick<Store, 'runs'>;
  queue: Pick<Queue, 'position' | 'push' | 'ahead'>;
  publish: Publish;
  /** Whether a worker has the run. */
  isRunning(runId: string): boolean;
};

/** Only for the one process that feeds the queue from this store. */
export function createRecovery(deps: TakeUp & { log: Pick<Logger, 'warn'> }) {
  let looking: NodeJS.Timeout | undefined;
  const look = () =>
    takeUpLost(deps).catch((err: unknown) =>
      deps.log.warn({ err }, 'could not look for runs that wait nowhere'),
    );

  return {
    /** Takes up what an earlier process left, and then looks from time to time. */
    async start(): Promise<void> {
      // A run that was being graded when its server died may have been the cause: it counts as a failure.
      await deps.store.runs.updateMany(
        { state: 'running' },
        { $set: { state: 'queued' }, $inc: { failures: 1 } },
      );
      await settleOpenKeys(deps.store);
      await takeUpWaiting(deps);
      looking = setInterval(() => void look(), LOOK_MS).unref();
    },
    /** Requeues a run whose worker died. The run may have been the cause: it counts as a failure. */
    async workerDied(runId: string): Promise<void> {
      const change = { $set: { state: 'queued' }, $inc: { failures: 1 } };
      await deps.store.runs.update({ id: runId, state: 'running' }, change);
    },
    close: () => clearInterval(looking),
  };
}

/** Queues the runs that wait in the store, in the order of their arrival; the queue lets their owners take turns. */
async function takeUpWaiting({ store, queue, publish, isRunning }: TakeUp): Promise<void> {
  const paths = ['id', 'course', 'userId', 'team.group'];
  const waiting = await store.runs.pluck(paths, { state: 'queued' }, { sort: { queuedAt: 1 } });
  for (const [id, course, userId, group] of waiting) {
    if (typeof id !== 'string' || isRunning(id)) continue;
    if ((await queue.position(id)) !== null) continue;
    const whose = { owner: String(group ?? userId), course: String(course) };
    publish(id, { type: 'queued', position: await queue.ahead(whose) });
    await queue.push(id, whose);
  }
}

/** Requeues claimed runs that no process works on. That is safe because only one server uses the store. */
export async function takeUpLost(deps: TakeUp): Promise<void> {
  const claimed = await deps.store.runs.pluck(['id', 'attempt'], { state: 'running' });
  for (const [id, attempt] of claimed) {
    if (typeof id !== 'string' || typeof attempt !== 'number' || deps.isRunning(id)) continue;
    await deps.store.runs.update({ id, state: 'running', attempt }, { $set: { state: 'queued' } });
  }
  await takeUpWaiting(deps);
}
