/** The course data that pages and the API share. */

import type { JoinCard, LeftCard } from '../../../web/membership-views.ts';
import type { CourseCard } from '../../../web/view-models.ts';
import { choicesOf } from '../../courses/environment-choice.ts';
import { tasksFor } from '../../courses/students/tasks-of-a-student.ts';
import { isStaff } from '../../courses/students/visible.ts';
import type { Course, Task } from '../../courses/task.ts';
import { localiseCourse } from '../../courses/translations/localise.ts';
import type { User } from '../../model/collections.ts';
import { hasLeft } from '../../people/course-roles.ts';
import { isJoinable } from '../../people/course-verbs.ts';
import { settingsOf } from '../../people/student-settings-of.ts';
import { ownersOf } from '../../people/teams.ts';
import { can } from '../../rules/access.ts';
import { countSolved, progressOf } from '../../submissions/progress.ts';
import type { AppDeps } from '../deps.ts';
import { type CourseContext, courseCard, joinCard, leftCard } from '../show/course.ts';
import type { Lookup } from './find-visible.ts';

export type CourseService = ReturnType<typeof createCourseService>;

type Deps = Pick<AppDeps, 'store' | 'courses' | 'environments' | 'clock' | 'config'>;

export function createCourseService(deps: Deps, lookup: Lookup) {
  const { store, courses, environments, clock, config } = deps;
  const origin = config.publicUrl === null ? '' : new URL(config.publicUrl).origin;

  async function visible(user: User): Promise<Course[]> {
    return (await courses.list()).filter((course) => can(user, 'see-course', { course: course.id }));
  }

  async function cards(user: User, lang: string): Promise<CourseCard[]> {
    const nowMs = clock();
    const owners = ownersOf(user);
    return Promise.all(
      (await visible(user)).map(async (course) => {
        const tasks = tasksFor(user, course, nowMs);
        const learner = { owners, staff: isStaff(user, course.id) };
        const solved = await countSolved(store, learner, course.id, tasks);
        return courseCard(localiseCourse(course, lang), user, tasks.length, solved);
      }),
    );
  }

  async function joinable(user: User, lang: string): Promise<JoinCard[]> {
    const nowMs = clock();
    const open = (await courses.list()).filter(
      (course) => isJoinable(user, course, nowMs) && !hasLeft(user, course.id),
    );
    return Promise.all(open.map((course) => joinCard(localiseCourse(course, lang))));
  }

  /** Courses that the user left: they may come back, whatever the registration says. */
  async function left(user: User, lang: string): Promise<LeftCard[]> {
    return (await courses.list())
      .filter(({ id }) => hasLeft(user, id))
      .map((course) => leftCard(localiseCourse(course, lang)));
  }

  async function course(
    user: User,
    courseId: string,
    lang: string,
  ): Promise<{ course: Course; context: CourseContext }> {
    const found = localiseCourse(await lookup.courseOf(user, courseId), lang);
    const staff = isStaff(user, courseId);
    const progress = await progressOf(store, { owners: ownersOf(user), staff }, found);
    const settings = await settingsOf(store, user.id, found);
    return {
      course: found,
      context: { user, staff, progress, settings, typed: null, environments, nowMs: clock(), lang, origin },
    };
  }

  /** Tasks that the user may see and that name this environment. */
  async function tasksUsing(user: User, names: readonly string[]): Promise<{ course: Course; task: Task }[]> {
    const nowMs = clock();
    return (await visible(user)).flatMap((one) =>
      tasksFor(user, one, nowMs)
        .filter((task) =>
          [task.environment ?? [], choicesOf(task)].flat().some((name) => names.includes(name)),
        )
        .map((task) => ({ course: one, task })),
    );
  }

  return { cards, joinable, left, course, tasksUsing };
}
