/** What a new run needs, and the key that keeps it the only open one of its owner and task. */
import type { Run } from '../model/collections.ts';
import type { Publish } from '../model/run-events.ts';
import type { Queue, Whose } from '../ports/queue.ts';
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

/** Whose turn in the queue a run takes: a group's run is the group's. */
export const whoseRun = ({ course, userId, team }: Pick<Run, 'course' | 'userId' | 'team'>): Whose => ({
  owner: team?.group ?? userId,
  course,
});

/** An open run's key, which no other run may have: a group's run is the group's, whichever member handed it in. */
export const openKeyOf = ({ course, task, userId, team }: Owned): string =>
  JSON.stringify([course, task, team?.group ?? userId]);

export const stillOpen = (busy: string, cause?: unknown): GradeportError =>
  new GradeportError('busy', busy, { cause });

/**
 * Fails with "busy" when too many runs wait, or the owner's run of this task is not over yet: called before uploads are
 * kept. Two submissions at the same moment may both pass here; the store then refuses the second one.
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
