/** What a course says about its tasks, and in which order it shows them. Pure. */
import type { CourseFile } from './inginious/course-file.ts';
import type { Access, Course, FileProblemReport, Section, Task } from './task.ts';
import { whole } from './yaml/yaml-file.ts';

export type Contents = Pick<Course, 'tasks' | 'sections' | 'deals' | 'notices'>;

export type ReadTask = { task: Task; saysAccess: boolean };
/** A Map, because ids come from files: an object would have property names of its own. */
type ById = ReadonlyMap<string, Task>;

/** @param shown the name of course.yaml in notices */
export function contentsOf(head: CourseFile, read: readonly ReadTask[], shown: string): Contents {
  const { toc } = head;
  const hidden: FileProblemReport[] = [];
  const tasks = read.map(({ task, saysAccess }) => {
    const isForgotten = toc.keepsSettings && !saysAccess && !toc.settings.get(task.id)?.access;
    if (isForgotten) hidden.push(whole(shown, forgotten(task.id)));
    return settle(isForgotten ? { ...task, access: CLOSED } : task, head);
  });
  tasks.sort((a, b) => a.order - b.order || compare(a.id, b.id));
  const byId: ById = new Map(tasks.map((task) => [task.id, task]));
  const missing = toc.mentions.filter(({ task }) => !byId.has(task)).map(({ report }) => report);
  const notices = [...missing, ...hidden];
  if (toc.sections.length === 0) return { tasks, sections: [], deals: head.deals ? [] : null, notices };
  const named = new Set<string>();
  const sections = toc.sections.map((section) => existing(section, byId, named));
  const rest = tasks.filter(({ id }) => !named.has(id)).map(({ id }) => id);
  const all = rest.length === 0 ? sections : [...sections, section('Other tasks', rest)];
  const ordered = all.flatMap(tasksIn).flatMap((id) => byId.get(id) ?? []);
  return {
    tasks: ordered,
    sections: all,
    deals: head.deals ? dealsOf(sections, toc.amounts) : null,
    notices,
  };
}

/** As in INGInious: where the course says when its tasks are open, a task that it does not mention is closed. */
const CLOSED: Access = { open: false, from: null, softUntil: null, until: null };
const forgotten = (id: string): string =>
  `dispenser_data.config.${id}: "accessibility" is missing, so students do not see this task`;

/** The course's settings take precedence over the task's; and no task is open while its course is closed. */
function settle(task: Task, { toc, access }: CourseFile): Task {
  const said = toc.settings.get(task.id);
  // The same object tells readers that nothing changed.
  if (!said && isAlways(access)) return task;
  const settled = { ...task, ...said };
  return { ...settled, access: both(settled.access, access) };
}

const isAlways = ({ open, from, softUntil, until }: Access): boolean =>
  open && from === null && softUntil === null && until === null;

export function both(task: Access, course: Access): Access {
  return {
    open: task.open && course.open,
    from: pick(Math.max, task.from, course.from),
    softUntil: pick(Math.min, task.softUntil, course.softUntil),
    until: pick(Math.min, task.until, course.until),
  };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : choose(a, b);
}

const dealsOf = (sections: readonly Section[], amounts: readonly number[]): Contents['deals'] =>
  sections.map((one, index) => ({ title: one.title, amount: amounts[index] ?? 0, tasks: tasksIn(one) }));

/** Leaves out tasks that do not exist or are in an earlier section already. */
function existing(from: Section, byId: ById, named: Set<string>): Section {
  const tasks = from.tasks.filter((id) => {
    if (!byId.has(id) || named.has(id)) return false;
    named.add(id);
    return true;
  });
  return { ...from, tasks, sections: from.sections.map((inner) => existing(inner, byId, named)) };
}

const section = (title: string, tasks: string[]): Section => ({
  title,
  tasks,
  sections: [],
  closed: false,
  hiddenIfEmpty: true,
});

const tasksIn = ({ sections, tasks }: Section): string[] => [...sections.flatMap(tasksIn), ...tasks];

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
