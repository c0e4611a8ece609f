/** What pages and the API both tell about courses. */

import type { LeftCard } from '../../../web/membership-views.ts';
import type { CourseCard, JoinCard } from '../../../web/view-models.ts';
import { choicesOf } from '../../courses/environment-choice.ts';
import type { Course, Task } from '../../courses/task.ts';
import { tasksFor } from '../../courses/tasks-of-a-student.ts';
import { localiseCourse } from '../../courses/translations/localise.ts';
import { isStaff } from '../../courses/visible.ts';
import type { User } from '../../model/collections.ts';
import type { Groups } from '../../people/groups.ts';
import { settingsOf } from '../../people/student-settings-of.ts';
import { ownersOf } from '../../people/teams.ts';
import { hasLeft } from '../../people/users.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { countSolved, progressOf } from '../../submissions/progress.ts';
import type { AppDeps } from '../deps.ts';
import { type CourseContext, courseCard, joinCard, leftCard } from '../show/course.ts';
import type { Lookup } from './find-visible.ts';
import { createJoin, isJoinable } from './join-course.ts';

export type CourseService = ReturnType<typeof createCourseService>;

export function createCourseService(deps: AppDeps, lookup: Lookup, groups: Pick<Groups, 'forget'>) {
  const { store, courses, environments, clock, config, setRole, leaveCourse } = deps;
  const origin = config.publicUrl === null ? '' : new URL(config.publicUrl).origin;
  const enter = createJoin(deps);

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
    return (await courses.list())
      .filter((course) => isJoinable(user, course, nowMs) && !hasLeft(user, course.id))
      .map((course) => joinCard(localiseCourse(course, lang)));
  }

  /** Who is in it already is where they want to be. */
  async function join(user: User, courseId: string, password: string): Promise<void> {
    if (can(user, 'see-course', { course: courseId })) return void (await lookup.courseOf(user, courseId));
    const course = await courses.get(courseId);
    if (!course || !isJoinable(user, course, clock())) {
      throw new GradeportError('not-found', `There is no course "${courseId}" that you may join.`);
    }
    await enter(user, course, password);
  }

  /** Courses that the user left: the way back is open, whatever their registration says. */
  async function left(user: User, lang: string): Promise<LeftCard[]> {
    return (await courses.list())
      .filter(({ id }) => hasLeft(user, id))
      .map((course) => leftCard(localiseCourse(course, lang)));
  }

  async function leave(user: User, courseId: string): Promise<void> {
    const { leavable } = await lookup.courseOf(user, courseId);
    if (!can(user, 'leave-course', { course: courseId, leavable }))
      throw new GradeportError('denied', 'You cannot leave this course by yourself; ask its teacher.');
    await leaveCourse(user.id, courseId);
    await groups.forget(courseId, user.id);
  }

  async function comeBack(user: User, courseId: string): Promise<void> {
    if (!hasLeft(user, courseId) || (await courses.get(courseId)) === null)
      throw new GradeportError('not-found', `There is no course "${courseId}" that you left.`);
    await setRole(user.id, courseId, 'student');
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

  /** Tasks that the user may see and that ask for this environment under one of its names. */
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

  return { cards, joinable, join, left, leave, comeBack, course, tasksUsing };
}
