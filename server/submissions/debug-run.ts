/** Grades a submission once more for its teacher, with the grader's "debug" set: a run of the teacher's own. */

import type { User } from '../model/collections.ts';
import { can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import { checkNoneIsOpen, type NewRunDeps } from './new-run.ts';
import { queueRun } from './submit.ts';

const BUSY = 'Your other run of this task is not over yet; wait for it or stop it.';

/**
 * Returns the id of the new run. Like the original run it is graded with the files of the submission. The student's
 * grade stays the same: the run counts only for its owner.
 */
export async function debugRun(deps: NewRunDeps, actor: User, runId: string): Promise<string> {
  const { store } = deps;
  const of = await store.runs.get(runId);
  if (!of || !can(actor, 'see-staff-details', of)) return refuse('no-run', {});
  const { submission, course, task, bundles } = of;
  const own = { course, task, userId: actor.id };
  await checkNoneIsOpen(deps, own, BUSY);
  const queuedAt = new Date(deps.clock()).toISOString();
  const order = { submission, ...own, debug: true, ...(bundles && { bundles }), queuedAt };
  return queueRun(deps, order, BUSY, (run) => store.runs.insert(run));
}
