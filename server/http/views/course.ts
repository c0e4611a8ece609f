import type { CourseCard, CoursePage, TaskRow } from '../../../web/view-models.ts';
import { can, taskState } from '../../core/access.ts';
import { renderRst } from '../../courses/rst.ts';
import type { Course, Task } from '../../courses/task.ts';
import type { EnvironmentCatalogue } from '../../environments/environment.ts';
import type { User } from '../../store/collections.ts';
import { utcText } from './format.ts';
import { taskHref } from './hrefs.ts';
import { nav } from './nav.ts';
import type { Progress } from './progress.ts';

export function courseCard(course: Course, user: User, tasks: number, solved: number): CourseCard {
  return {
    id: course.id,
    name: course.name,
    descriptionHtml: renderRst(course.description),
    role: roleIn(user, course.id),
    tasks,
    solved,
  };
}

export function roleIn(user: User, course: string): string {
  const role = Object.hasOwn(user.roles, course) ? user.roles[course] : undefined;
  return role ?? (user.operator ? 'operator' : 'none');
}

export function visibleTasks(course: Course, user: User, nowMs: number): Task[] {
  return course.tasks.filter((task) =>
    can(user, 'see-task', { course: course.id, opening: task.access, now: nowMs }),
  );
}

export type CourseContext = {
  user: User;
  staff: boolean;
  progress: ReadonlyMap<string, Progress>;
  environments: EnvironmentCatalogue;
  nowMs: number;
};

export function coursePage(course: Course, context: CourseContext): CoursePage {
  const { id, name, description } = course;
  return {
    ...nav(context.user, 'courses', name),
    course: { id, name, descriptionHtml: renderRst(description) },
    tasks: visibleTasks(course, context.user, context.nowMs).map((task) => taskRow(task, context)),
    broken: context.staff ? course.broken : [],
    staff: context.staff,
  };
}

export function taskRow(task: Task, context: CourseContext): TaskRow {
  const progress = context.progress.get(task.id);
  return {
    id: task.id,
    name: task.name,
    href: taskHref(task.course, task.id),
    status: progress?.status ?? 'new',
    grade: progress?.grade ?? null,
    environment: task.environment ?? '',
    closed: whyClosed(task, context),
  };
}

type Moment = Pick<CourseContext, 'user' | 'environments' | 'nowMs'>;

/** Why nothing can be handed in now; null when it can. */
export function whyClosed(task: Task, moment: Moment): string | null {
  const opening = task.access;
  if (!can(moment.user, 'submit', { course: task.course, opening, now: moment.nowMs })) {
    const closed = taskState(opening, moment.nowMs) === 'closed';
    return closed && opening.until !== null
      ? `Closed since ${utcText(opening.until)}.`
      : 'Not open for submissions.';
  }
  // While the engine is away submissions wait for it.
  if (task.environment === null || !moment.environments.engine().ok) return null;
  const environment = moment.environments.find(task.environment);
  if (!environment) return `The environment "${task.environment}" is not installed here.`;
  return environment.available
    ? null
    : `The environment "${environment.name}" cannot be used: ${environment.reason}`;
}
