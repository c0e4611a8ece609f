/** Grades a submission once more for its teacher, with the grader's "debug" set: a run of the teacher's own. */

import type { Run, User } from '../model/collections.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';
import type { SubmitDeps } from './submit.ts';

type Deps = Pick<SubmitDeps, 'store' | 'queue' | 'publish' | 'newId' | 'clock'>;

/** Returns the id of the new run. The student's grade is what it was: the run counts for nobody but its owner. */
export async function debugRun(deps: Deps, actor: User, runId: string): Promise<string> {
  const { store, queue } = deps;
  const of = await store.runs.get(runId);
  if (!of || !can(actor, 'see-staff-details', of))
    throw new GradeportError('not-found', 'There is no such run.');
  const own = { course: of.course, task: of.task, userId: actor.id };
  if (await store.runs.findOne({ ...own, state: { $in: ['queued', 'running'] } }))
    throw new GradeportError('busy', 'Another run of yours of this task is not over yet; wait or stop it.');
  const run: Run = {
    id: deps.newId(),
    submission: of.submission,
    ...own,
    debug: true,
    state: 'queued',
    attempt: 0,
    failures: 0,
    queuedAt: new Date(deps.clock()).toISOString(),
    startedAt: null,
    doneAt: null,
    environment: null,
    outcome: null,
  };
  queue.checkRoom();
  await store.runs.insert(run);
  await queue.push(run.id);
  deps.publish(run.id, { type: 'queued' });
  return run.id;
}
