/** What a course needs before it can grade: readable files, graders, and an environment for every name it uses. */
import type { Environment } from '../../environments/discovery/environment.ts';
import type { ShippedEnvironment } from '../../environments/discovery/shipped.ts';
import { type Suggestion, suggestEnvironment } from '../../environments/discovery/suggest.ts';
import { choicesOf } from '../environment-choice.ts';
import { courseReader } from '../read-course.ts';
import type { BrokenTask, Course, DefaultEnvironments, FileProblemReport, Task } from '../task.ts';
import { remarksOn } from './task-remarks.ts';

export type AskedEnvironment = {
  name: string;
  /** Ids of the tasks that name it. */
  tasks: string[];
  /** What would help; null: the environment exists, or the engine could not be asked. */
  missing: Suggestion | null;
};
export type CourseReport = {
  course: Course;
  /** The number of readable tasks, including those with remarks. */
  fine: Task[];
  broken: BrokenTask[];
  /** Tasks that grade nothing: each submission ends as crashed. */
  crashes: FileProblemReport[];
  remarks: FileProblemReport[];
  environments: AskedEnvironment[];
};

/** The environments of this machine; null: the engine does not answer. */
export type Known = {
  announced: readonly Environment[] | null;
  shipped: readonly ShippedEnvironment[];
  /** The environments of tasks that name none. */
  defaults?: DefaultEnvironments;
};

/** null: the folder is not a course. */
export async function reportOn(
  folder: string,
  known: Known,
  onTask: () => void = () => {},
): Promise<CourseReport | null> {
  const course = await courseReader(folder, onTask, known.defaults).read();
  if (!course) return null;
  const found = await Promise.all(course.tasks.map((task) => remarksOn(course, task)));
  return {
    course,
    fine: course.tasks,
    broken: course.broken,
    crashes: found.flatMap(({ crashes }) => crashes),
    remarks: [...course.notices, ...found.flatMap(({ remarks }) => remarks)],
    environments: environmentsOf(course.tasks, known),
  };
}

function environmentsOf(tasks: readonly Task[], { announced, shipped }: Known): AskedEnvironment[] {
  const asking = tasks.flatMap((task) => namesOf(task).map((environment) => ({ id: task.id, environment })));
  const byName = Map.groupBy(asking, ({ environment }) => environment);
  return [...byName]
    .map(([name, users]) => ({
      name,
      tasks: users.map(({ id }) => id),
      missing: announced && suggestEnvironment(name, announced, shipped),
    }))
    .sort((a, b) => b.tasks.length - a.tasks.length);
}

function namesOf(task: Task): string[] {
  const choices = choicesOf(task);
  return choices.length === 0 && task.environment !== null ? [task.environment] : choices;
}
