/** How every run begins: one at a time for each owner and task, first stored, then queued. */
import type { Run } from '../model/collections.ts';
import type { Publish } from '../model/run-events.ts';
import type { Queue } from '../ports/queue.ts';
import type { Filter, Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';

export type NewRunDeps = {
  store: Store;
  queue: Queue;
  publish: Publish;
  /** Owner and task of the runs that are being stored right now. */
  entering: Set<string>;
  newId(): string;
  clock(): number;
};

type Place = Pick<Run, 'course' | 'task'>;

/**
 * Two requests at the same moment would both find no open run: the second one is refused.
 * @param owner a student's id, or a group's
 * @param busy the sentence for who is refused
 */
export async function oneAtATime<T>(
  { entering }: Pick<NewRunDeps, 'entering'>,
  { course, task, owner }: Place & { owner: string },
  busy: string,
  enter: () => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([course, task, owner]);
  if (entering.has(key)) throw new GradeportError('busy', busy);
  entering.add(key);
  try {
    return await enter();
  } finally {
    entering.delete(key);
  }
}

/** Fails with "busy" when too many runs wait, or one of these is not over yet. */
export async function checkNoneIsOpen(
  { queue, store }: Pick<NewRunDeps, 'queue' | 'store'>,
  whose: Filter,
  busy: string,
): Promise<void> {
  queue.checkRoom();
  const open = await store.runs.findOne({ ...whose, state: { $in: ['queued', 'running'] } });
  if (open) throw new GradeportError('busy', busy);
}

export type RunOrder = Pick<
  Run,
  'submission' | 'course' | 'task' | 'userId' | 'team' | 'debug' | 'bundles' | 'queuedAt'
>;

/**
 * @param keep stores the run, alone or with what belongs to it
 * @returns its id
 */
export async function queueRun(
  { queue, publish, newId }: Pick<NewRunDeps, 'queue' | 'publish' | 'newId'>,
  order: RunOrder,
  keep: (run: Run) => Promise<unknown>,
): Promise<string> {
  const run: Run = {
    id: newId(),
    ...order,
    state: 'queued',
    attempt: 0,
    failures: 0,
    startedAt: null,
    doneAt: null,
    environment: null,
    outcome: null,
  };
  await keep(run);
  await queue.push(run.id);
  publish(run.id, { type: 'queued' });
  return run.id;
}
