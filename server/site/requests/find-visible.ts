/** Finds the course or task that a request names, if the user may see it. Other users learn nothing about it. */

import { type FoundTask, visibleCourse, visibleTask } from '../../courses/students/visible.ts';
import type { Course } from '../../courses/task.ts';
import type { User } from '../../model/collections.ts';
import type { AppDeps } from '../deps.ts';

export type Lookup = ReturnType<typeof createLookup>;
type Sources = Pick<AppDeps, 'courses' | 'clock'>;

export function createLookup({ courses, clock }: Sources) {
  const courseOf = (user: User, course: string): Promise<Course> => visibleCourse({ courses }, user, course);

  const taskOf = (user: User, course: string, task: string): Promise<FoundTask> =>
    visibleTask({ courses, clock }, user, course, task);

  return { courseOf, taskOf };
}
