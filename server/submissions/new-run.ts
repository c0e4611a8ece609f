/** How every run begins: one at a time for each owner and task, first stored, then queued. */
import type { Run } from '../model/collections.ts';
import type { Publish } from '../model/run-events.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';

export type NewRunDeps = {
  store: Store;
  queue: Queue;
  publish: Publish;
  newId(): string;
  clock(): number;
};

type Owned = Pick<Run, 'course' | 'task' | 'userId' | 'team'>;

/** An open run's key, which no other run may have: a group's run is the group's, whichever member handed it in. */
export const openKeyOf = ({ course, task, userId, team }: Owned): string =>
  JSON.stringify([course, task, team?.group ?? userId]);

const stillOpen = (busy: string, cause?: unknown): GradeportError =>
  new GradeportError('busy', busy, { cause });

/**
 * Fails with "busy" when too many runs wait, or the owner's run of this task is not over yet: asked before uploads are
 * kept. Of two that come at the same moment both may pass here; the store then refuses the second one.
 * @param busy the sentence of the refusal
 */
export async function checkNoneIsOpen(
  { queue, store }: Pick<NewRunDeps, 'queue' | 'store'>,
  owned: Owned,
  busy: string,
): Promise<void> {
  await queue.checkRoom();
  if (await store.runs.findOne({ openKey: openKeyOf(owned) })) throw stillOpen(busy);
}

export type RunOrder = Pick<Run, 'submission' | 'course' | 'task' | 'userId' | 'team' | 'debug' | 'queuedAt'>;

/**
 * @param keep stores the run, alone or as the first of what belongs to it
 * @param busy the sentence of the refusal where the owner's run of this task is not over yet
 * @returns its id
 */
export async function queueRun(
  { queue, publish, newId }: Pick<NewRunDeps, 'queue' | 'publish' | 'newId'>,
  order: RunOrder,
  busy: string,
  keep: (run: Run) => Promise<unknown>,
): Promise<string> {
  const run: Run = {
    id: newId(),
    ...order,
    state: 'queued',
    openKey: openKeyOf(order),
    attempt: 0,
    failures: 0,
    startedAt: null,
    doneAt: null,
    environment: null,
    outcome: null,
  };
  await keep(run).catch((error: unknown) => {
    throw error instanceof GradeportError && error.code === 'conflict' ? stillOpen(busy, error) : error;
  });
  // First told, then queued: a worker may be quick.
  const { waiting } = await queue.size();
  publish(run.id, { type: 'queued', position: waiting });
  await queue.push(run.id);
  return run.id;
}
