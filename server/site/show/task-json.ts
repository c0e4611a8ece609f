/** Courses and tasks as the API returns them. Fields are chosen one by one: right answers never leave the server. */

import type { PageTranslate } from '../../../web/languages.ts';
import { choicesOf } from '../../courses/environment-choice.ts';
import { type ShownTo, shownChoices } from '../../courses/quiz/choices.ts';
import { tasksFor } from '../../courses/students/tasks-of-a-student.ts';
import type { Course, Problem, Task } from '../../courses/task.ts';
import { renderText } from '../../courses/text/render.ts';
import { type Limits, resolveLimits } from '../../rules/limits.ts';
import { type CourseContext, deadlineText, roleIn, taskRow, whyClosed } from './course.ts';
import { taskHref } from './hrefs.ts';

export function courseJson(course: Course, context: CourseContext, t: PageTranslate) {
  const { id, name, description } = course;
  const tasks = tasksFor(context.user, course, context.nowMs).map((task) => taskRow(task, context, t));
  const broken = context.staff ? { broken: course.broken } : {};
  return { id, name, description, role: roleIn(context.user, id), tasks, ...broken };
}

type Viewer = Pick<CourseContext, 'user' | 'environments' | 'nowMs' | 'lang'> & { ceilings: Limits };

export async function taskJson(task: Task, viewer: Viewer, t: PageTranslate) {
  const { id, course, name, author, context, environment, network, showOutput, access } = task;
  return {
    id,
    course,
    name,
    author,
    context,
    contextHtml: await renderText({ course, task: id }, context),
    environment,
    environmentChoices: choicesOf(task),
    network,
    showOutput,
    groups: task.groups,
    problems: task.problems.map((problem) =>
      problemJson(problem, { username: viewer.user.name, lang: viewer.lang }),
    ),
    limits: resolveLimits(task.limits, viewer.ceilings),
    access: {
      open: access.open,
      from: instant(access.from),
      softUntil: instant(access.softUntil),
      until: instant(access.until),
    },
    deadline: deadlineText(task, viewer.nowMs, t),
    closed: whyClosed(task, viewer, t),
    href: taskHref(course, id),
  };
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function problemJson(problem: Problem, shownTo: ShownTo) {
  const { id, type, name, header } = problem;
  const common = { id, type, name, header };
  switch (problem.type) {
    case 'code':
    case 'code_single_line':
      return { ...common, language: problem.language, default: problem.default, optional: problem.optional };
    case 'file':
      return {
        ...common,
        maxBytes: problem.maxBytes,
        extensions: problem.extensions,
        optional: problem.optional,
      };
    case 'match':
      return common;
    case 'multiple_choice': {
      const choices = shownChoices(problem, shownTo).map(({ index }) => ({
        index: String(index),
        text: problem.choices[index]?.text ?? '',
      }));
      return { ...common, multiple: problem.multiple, choices };
    }
  }
}
