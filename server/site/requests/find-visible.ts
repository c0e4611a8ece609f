/** Finds what a request names, if the user may see it. Other users learn nothing about it. */

import type { Course, Task } from '../../courses/task.ts';
import { visibleCourse, visibleTask } from '../../courses/visible.ts';
import type { Environment, EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { Run, Submission, User } from '../../model/collections.ts';
import { refuse } from '../../rules/problems.ts';
import { visibleRun, visibleSubmission } from '../../submissions/visible.ts';
import type { AppDeps } from '../deps.ts';

export type Lookup = ReturnType<typeof createLookup>;
type Sources = Pick<AppDeps, 'courses' | 'store' | 'clock'>;

export function createLookup({ courses, store, clock }: Sources) {
  const courseOf = (user: User, course: string): Promise<Course> => visibleCourse({ courses }, user, course);

  const taskOf = (user: User, course: string, task: string): Promise<{ course: Course; task: Task }> =>
    visibleTask({ courses, clock }, user, course, task);

  const runOf = (user: User, id: string): Promise<Run> => visibleRun(store, user, id);
  const submissionOf = (user: User, id: string): Promise<Submission> => visibleSubmission(store, user, id);

  return { courseOf, taskOf, runOf, submissionOf };
}

export const environmentNamed = (
  environments: Pick<EnvironmentCatalogue, 'find'>,
  environment: string,
): Environment => environments.find(environment) ?? refuse('no-environment', { environment });
