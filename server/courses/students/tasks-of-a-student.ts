/** Which tasks of a course a student sees: all open ones or, where each student is assigned some, those. Pure. */
import { type Actor, can, taskState } from '../../rules/access.ts';
import { pythonRandom } from '../python-random.ts';
import type { Course, Task } from '../task.ts';

type Dealing = Pick<Course, 'id' | 'tasks' | 'deals'>;

/** Staff see every task. */
export function seesTask(actor: Actor, course: Dealing, task: Task, nowMs: number): boolean {
  const target = { course: course.id, opening: task.access, now: nowMs };
  if (!can(actor, 'see-task', target)) return false;
  if (course.deals === null || can(actor, 'see-staff-details', target)) return true;
  return dealtTo(course, course.deals, actor.name, nowMs).has(task.id);
}

export function tasksFor(actor: Actor, course: Dealing, nowMs: number): Task[] {
  return course.tasks.filter((task) => seesTask(actor, course, task, nowMs));
}

/**
 * INGInious' own choice ("combinatory_test"): of the open tasks of each section, shuffled with the user's name and the
 * section's position and title, the first few. So the choice changes when another task of the section opens.
 */
function dealtTo(
  { tasks }: Dealing,
  deals: NonNullable<Course['deals']>,
  username: string,
  nowMs: number,
): ReadonlySet<string> {
  const opened = new Set(
    tasks
      .filter(({ access }) => !['hidden', 'not-yet'].includes(taskState(access, nowMs)))
      .map(({ id }) => id),
  );
  const dealt = deals.flatMap(({ title, amount, tasks: ids }, index) =>
    pythonRandom(`${username}#${index}#${title}`)
      .shuffle(ids.filter((id) => opened.has(id)))
      .slice(0, amount),
  );
  return new Set(dealt);
}
