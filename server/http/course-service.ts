/** What pages and the API both tell about courses. */

import type { CourseCard } from '../../web/view-models.ts';
import { can } from '../core/access.ts';
import { choicesOf } from '../courses/environment-choice.ts';
import { localiseCourse } from '../courses/localise.ts';
import type { Course, Task } from '../courses/task.ts';
import type { User } from '../store/collections.ts';
import type { AppDeps } from './deps.ts';
import { isStaff, type Lookup } from './lookup.ts';
import { type CourseContext, courseCard, visibleTasks } from './views/course.ts';
import { countSolved, progressOf } from './views/progress.ts';

export type CourseService = ReturnType<typeof createCourseService>;

export function createCourseService(deps: AppDeps, lookup: Lookup) {
  const { store, courses, environments, clock } = deps;

  async function visible(user: User): Promise<Course[]> {
    return (await courses.list()).filter((course) => can(user, 'see-course', { course: course.id }));
  }

  async function cards(user: User, lang: string): Promise<CourseCard[]> {
    const nowMs = clock();
    return Promise.all(
      (await visible(user)).map(async (course) => {
        const tasks = new Set(visibleTasks(course, user, nowMs).map((task) => task.id));
        return courseCard(
          localiseCourse(course, lang),
          user,
          tasks.size,
          await countSolved(store, user.id, course.id, tasks),
        );
      }),
    );
  }

  async function course(
    user: User,
    courseId: string,
    lang: string,
  ): Promise<{ course: Course; context: CourseContext }> {
    const found = localiseCourse(await lookup.courseOf(user, courseId), lang);
    const progress = await progressOf(store, user.id, found);
    const staff = isStaff(user, courseId);
    return { course: found, context: { user, staff, progress, environments, nowMs: clock(), lang } };
  }

  /** Tasks that the user may see and that ask for this environment under one of its names. */
  async function tasksUsing(user: User, names: readonly string[]): Promise<{ course: Course; task: Task }[]> {
    const nowMs = clock();
    return (await visible(user)).flatMap((one) =>
      visibleTasks(one, user, nowMs)
        .filter((task) =>
          [task.environment ?? [], choicesOf(task)].flat().some((name) => names.includes(name)),
        )
        .map((task) => ({ course: one, task })),
    );
  }

  return { cards, course, tasksUsing };
}
