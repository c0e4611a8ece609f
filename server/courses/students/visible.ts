/** Finds the course or task that a request names, if the user may see it. For other users it does not exist. */

import { type Actor, can } from '../../rules/access.ts';
import { refuse } from '../../rules/problems.ts';
import type { CourseCatalogue } from '../catalogue-types.ts';
import type { Course, Task } from '../task.ts';
import { seesTask } from './tasks-of-a-student.ts';

type Sources = { courses: Pick<CourseCatalogue, 'get'> };

export async function visibleCourse({ courses }: Sources, actor: Actor, course: string): Promise<Course> {
  const found = can(actor, 'see-course', { course }) ? await courses.get(course) : null;
  return found ?? refuse('no-course', { course });
}

export type FoundTask = { course: Course; task: Task };

export async function visibleTask(
  { courses, clock }: Sources & { clock: () => number },
  actor: Actor,
  courseId: string,
  task: string,
): Promise<FoundTask> {
  const course = await visibleCourse({ courses }, actor, courseId);
  const found = course.tasks.find(({ id }) => id === task);
  return found && seesTask(actor, course, found, clock())
    ? { course, task: found }
    : refuse('no-task', { task });
}

export const isStaff = (actor: Actor, course: string): boolean => can(actor, 'see-staff-details', { course });
