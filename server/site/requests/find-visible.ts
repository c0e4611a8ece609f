/** Finds what a request names, for somebody who may see it. Whoever may not learns nothing about it. */

import type { Course, Task } from '../../courses/task.ts';
import { seesTask } from '../../courses/tasks-of-a-student.ts';
import type { Run, Submission, User } from '../../model/collections.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';

export type Lookup = ReturnType<typeof createLookup>;
type Sources = Pick<AppDeps, 'courses' | 'store' | 'clock'>;

export function createLookup({ courses, store, clock }: Sources) {
  async function courseOf(user: User, courseId: string): Promise<Course> {
    const course = can(user, 'see-course', { course: courseId }) ? await courses.get(courseId) : null;
    return (
      course ??
      missing(`There is no course "${courseId}" for you. If you follow a link, ask its teacher to add you.`)
    );
  }

  async function taskOf(
    user: User,
    courseId: string,
    taskId: string,
  ): Promise<{ course: Course; task: Task }> {
    const course = await courseOf(user, courseId);
    const task = course.tasks.find((one) => one.id === taskId);
    if (task && seesTask(user, course, task, clock())) return { course, task };
    return missing(`There is no task "${taskId}" in this course, or not yet.`);
  }

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

export const isStaff = (user: User, course: string): boolean => can(user, 'see-staff-details', { course });

function missing(message: string): never {
  throw new GradeportError('not-found', message);
}
