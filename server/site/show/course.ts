import type { PageTranslate } from '../../../web/languages.ts';
import type { JoinCard, LeftCard } from '../../../web/membership-views.ts';
import type { CourseCard, CoursePage, SectionView, TaskRow } from '../../../web/view-models.ts';
import { choicesOf } from '../../courses/environment-choice.ts';
import type { Settings } from '../../courses/students/student-settings.ts';
import { tasksFor } from '../../courses/students/tasks-of-a-student.ts';
import type { Course, Section, Task } from '../../courses/task.ts';
import { renderText } from '../../courses/text/render.ts';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { User } from '../../model/collections.ts';
import { can, taskState } from '../../rules/access.ts';
import type { Progress } from '../../submissions/progress.ts';
import { utcText } from '../../text/quantities.ts';
import { courseHref, groupsHref, launchHref, taskHref } from './hrefs.ts';
import { nav } from './nav.ts';
import { fieldViews, type TypedSettings } from './student-fields.ts';

export async function courseCard(
  course: Course,
  user: User,
  tasks: number,
  solved: number,
): Promise<CourseCard> {
  return {
    id: course.id,
    name: course.name,
    descriptionHtml: await renderText({ course: course.id, task: null }, course.description),
    role: roleIn(user, course.id),
    tasks,
    solved,
  };
}

export const joinCard = async ({ id, name, description, registration }: Course): Promise<JoinCard> => ({
  id,
  name,
  descriptionHtml: await renderText({ course: id, task: null }, description),
  joinHref: `${courseHref(id)}/join`,
  needsPassword: registration?.password != null,
});

export const leftCard = ({ id, name }: Course): LeftCard => ({
  id,
  name,
  backHref: `${courseHref(id)}/come-back`,
});

export function roleIn(user: User, course: string): string {
  const role = Object.hasOwn(user.roles, course) ? user.roles[course] : undefined;
  return role ?? (user.operator ? 'operator' : 'none');
}

export type CourseContext = {
  user: User;
  staff: boolean;
  progress: ReadonlyMap<string, Progress>;
  /** What the reader entered in the course about themselves, and the form's values after a refusal. */
  settings: Settings;
  typed: TypedSettings | null;
  environments: EnvironmentCatalogue;
  nowMs: number;
  /** The reader's language. */
  lang: string;
  /** Our address as browsers see it: "https://grade.example.org"; empty if it is not configured. */
  origin: string;
};

export async function coursePage(
  course: Course,
  context: CourseContext,
  t: PageTranslate,
  isKept = false,
): Promise<CoursePage> {
  const { id, name, description } = course;
  const tasks = tasksFor(context.user, course, context.nowMs);
  return {
    ...nav(context.user, 'courses', name),
    course: {
      id,
      name,
      descriptionHtml: await renderText({ course: id, task: null }, description),
      href: courseHref(id),
    },
    grade: courseGrade(tasks, context.progress),
    sections: sectionViews(course, tasks, context, t),
    broken: context.staff ? course.broken : [],
    notices: context.staff ? course.notices : [],
    staff: context.staff,
    leaveHref: can(context.user, 'leave-course', { course: id, leavable: course.leavable })
      ? `${courseHref(id)}/leave`
      : null,
    fields: fieldViews(course, context.settings, context.typed),
    fieldsNotice: isKept ? t('courses.fieldsKept') : null,
    groupsHref: isGrouped(course) ? groupsHref(id) : null,
    platform: course.lti
      ? { href: course.lti.url, launch: context.staff ? context.origin + launchHref(id) : null }
      : null,
  };
}

const isGrouped = ({ groupsByStudents, tasks }: Course): boolean =>
  groupsByStudents || tasks.some(({ groups }) => groups);

function sectionViews(
  course: Course,
  tasks: readonly Task[],
  context: CourseContext,
  t: PageTranslate,
): SectionView[] {
  const rows = new Map(tasks.map((task) => [task.id, taskRow(task, context, t)]));
  if (course.sections.length > 0) return course.sections.flatMap((section) => sectionView(section, rows));
  return tasks.length > 0 ? [{ title: '', closed: false, sections: [], tasks: [...rows.values()] }] : [];
}

/** Leaves out the tasks that this reader does not see. */
function sectionView(section: Section, rows: ReadonlyMap<string, TaskRow>): SectionView[] {
  const tasks = section.tasks.flatMap((id) => rows.get(id) ?? []);
  const sections = section.sections.flatMap((inner) => sectionView(inner, rows));
  if (section.hiddenIfEmpty && tasks.length + sections.length === 0) return [];
  return [{ title: section.title, closed: section.closed, sections, tasks }];
}

/** The weighted mean of all tasks that the student can see; a task that was not tried counts as 0. */
function courseGrade(tasks: readonly Task[], progress: ReadonlyMap<string, Progress>): number | null {
  const grades = tasks.map((task) => progress.get(task.id)?.grade ?? null);
  const weight = tasks.reduce((sum, task) => sum + task.weight, 0);
  if (weight === 0 || grades.every((grade) => grade === null)) return null;
  const total = tasks.reduce((sum, task, index) => sum + task.weight * (grades[index] ?? 0), 0);
  return Math.round(total / weight);
}

export function taskRow(task: Task, context: CourseContext, t: PageTranslate): TaskRow {
  const progress = context.progress.get(task.id);
  return {
    id: task.id,
    name: task.name,
    href: taskHref(task.course, task.id),
    status: progress?.status ?? 'new',
    grade: progress?.grade ?? null,
    environment: task.environment ?? '',
    closed: whyClosed(task, context, t),
    forStudents: context.staff ? forStudents(task, context.nowMs, t) : null,
    deadline: deadlineText(task, context.nowMs, t),
    categories: task.categories,
  };
}

/** What students see of a task that they cannot hand in. */
function forStudents({ access }: Task, nowMs: number, t: PageTranslate): string | null {
  const state = taskState(access, nowMs);
  if (state === 'hidden') return t('courses.hiddenTask');
  if (state === 'not-yet' && access.from !== null)
    return t('courses.opensForStudents', { time: utcText(access.from) });
  if (state === 'closed' && access.until !== null)
    return t('courses.closedForStudents', { time: utcText(access.until) });
  return null;
}

/** Until when students may hand in; null: there is no deadline, or it is over. */
export function deadlineText({ access }: Task, nowMs: number, t: PageTranslate): string | null {
  const { softUntil, until } = access;
  const state = taskState(access, nowMs);
  if (state === 'hidden' || state === 'closed') return null;
  if (softUntil === null) return until === null ? null : t('task.openUntil', { time: utcText(until) });
  const soft = utcText(softUntil);
  const isLate = state === 'late';
  if (until === null) return t(isLate ? 'task.lateForEver' : 'task.dueForEver', { soft });
  return t(isLate ? 'task.lateUntil' : 'task.dueUntil', { soft, time: utcText(until) });
}

type Moment = Pick<CourseContext, 'user' | 'environments' | 'nowMs'>;

/** Why the task does not accept submissions now; null when it does. */
export function whyClosed(task: Task, moment: Moment, t: PageTranslate): string | null {
  const opening = task.access;
  if (!can(moment.user, 'submit', { course: task.course, opening, now: moment.nowMs })) {
    const closed = taskState(opening, moment.nowMs) === 'closed';
    return closed && opening.until !== null
      ? t('task.closedSince', { time: utcText(opening.until) })
      : t('task.notOpen');
  }
  // While the engine is away, submissions wait for it.
  if (task.environment === null || !moment.environments.engine().ok) return null;
  if (choicesOf(task).some((name) => moment.environments.find(name)?.available)) return null;
  const environment = moment.environments.find(task.environment, task);
  if (!environment) return t('task.environmentMissing', { name: task.environment });
  return environment.available
    ? null
    : t('task.environmentUnusable', { name: environment.name, reason: environment.reason });
}
