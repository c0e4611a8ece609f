/** Finds what a request names, for somebody who may see it. Whoever may not learns nothing about it. */

import type { Course, Task } from '../../courses/task.ts';
import { visibleCourse, visibleTask } from '../../courses/visible.ts';
import type { Environment, EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { Run, Submission, User } from '../../model/collections.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { refuse } from '../../rules/problems.ts';
import type { AppDeps } from '../deps.ts';

export type Lookup = ReturnType<typeof createLookup>;
type Sources = Pick<AppDeps, 'courses' | 'store' | 'clock'>;

export function createLookup({ courses, store, clock }: Sources) {
  const courseOf = (user: User, course: string): Promise<Course> => visibleCourse({ courses }, user, course);

  const taskOf = (user: User, course: string, task: string): Promise<{ course: Course; task: Task }> =>
    visibleTask({ courses, clock }, user, course, task);

  async function runOf(user: User, runId: string): Promise<Run> {
    const run = await store.runs.get(runId);
    return run && can(user, 'see-run', run) ? run : missing('There is no such run.');
  }

  async function submissionOf(user: User, submissionId: string): Promise<Submission> {
    const submission = await store.submissions.get(submissionId);
    return submission && can(user, 'see-run', submission)
      ? submission
      : missing('There is no such submission.');
  }

  return { courseOf, taskOf, runOf, submissionOf };
}

function missing(message: string): never {
  throw new GradeportError('not-found', message);
}

export const environmentNamed = (
  environments: Pick<EnvironmentCatalogue, 'find'>,
  environment: string,
): Environment => environments.find(environment) ?? refuse('no-environment', { environment });
