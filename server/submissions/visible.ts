/** Finds the run or the submission that a request names, if the user may see it; otherwise it does not exist. */
import type { Run, Submission } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';
import { type Actor, can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';

export async function visibleRun(store: Pick<Store, 'runs'>, who: Actor, id: string): Promise<Run> {
  const run = await store.runs.get(id);
  return run && can(who, 'see-run', run) ? run : refuse('no-run', {});
}

export async function visibleSubmission(
  store: Pick<Store, 'submissions'>,
  who: Actor,
  id: string,
): Promise<Submission> {
  const submission = await store.submissions.get(id);
  return submission && can(who, 'see-run', submission) ? submission : refuse('no-submission', {});
}
