/** What a course needs before it can grade: readable files, graders, and an environment for every name it uses. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Environment } from '../../environments/discovery/environment.ts';
import type { ShippedEnvironment } from '../../environments/discovery/shipped.ts';
import { type Suggestion, suggestEnvironment } from '../../environments/discovery/suggest.ts';
import { choicesOf } from '../environment-choice.ts';
import { courseReader } from '../read-course.ts';
import type { BrokenTask, Course, DefaultEnvironments, FileProblemReport, Task } from '../task.ts';

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
  const withoutGrader = await Promise.all(course.tasks.map((task) => graderRemark(course, task)));
  return {
    course,
    fine: course.tasks,
    broken: course.broken,
    remarks: [...course.notices, ...withoutGrader.flat()],
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

const RUN_FILE = /^run(\.[\w-]+)?$/;

/** Images may add run types, so any ending counts. */
async function graderRemark(course: Course, task: Task): Promise<FileProblemReport[]> {
  if (task.environment === null || task.runCommand !== null) return [];
  const places = [task.folder, ...(course.common ? [course.common] : [])];
  const names = await Promise.all(places.map((place) => readdir(place).catch(() => [])));
  if (names.flat().some((name) => RUN_FILE.test(name))) return [];
  const file = join(basename(course.folder), task.id);
  const message = 'there is no grader: no file run, run.py or run.sh here or in $common, and no run_cmd';
  const isQuiz = task.problems.every(({ type }) => type === 'multiple_choice' || type === 'match');
  const help = isQuiz
    ? 'with "environment_type: mcq" these problems need none'
    : 'only an image that has one in /course grades it';
  return [{ file, line: null, column: null, message: `${message}; ${help}` }];
}
