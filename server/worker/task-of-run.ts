/** Finds the task of a run: from the bundles of its submission, or from its course. */
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { readBundledTask } from '../courses/read-task.ts';
import type { DefaultEnvironments, Task } from '../courses/task.ts';
import type { Bundles, Run } from '../model/collections.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import { GradeportError } from '../rules/errors.ts';
import { whenAllEnded } from '../rules/turns.ts';

/** `common` is what the course shares with all its graders; null: nothing. */
type TaskToGrade = { task: Task; common: string | null };
type OfRun = Pick<Run, 'course' | 'task' | 'bundles'>;
/** null: the task is gone. */
export type TaskOfRun = (run: OfRun) => Promise<TaskToGrade | null>;

export type TaskOfRunDeps = {
  courses: Pick<CourseCatalogue, 'get'>;
  taskFiles: Pick<TaskFiles, 'folder'>;
  defaults: DefaultEnvironments;
};

/** Tasks that were read from bundles stay in memory: they do not change. */
const MOST_REMEMBERED = 500;

export function createTaskOfRun({ courses, taskFiles, defaults }: TaskOfRunDeps): TaskOfRun {
  const remembered = new Map<string, Task>();

  async function read(course: string, folder: string, common: string | null): Promise<Task> {
    const key = JSON.stringify([course, folder, common]);
    const known = remembered.get(key);
    if (known) return known;
    const reading = await readBundledTask(folder, { course, common, defaults });
    if ('problems' in reading) {
      const [first] = reading.problems;
      throw new GradeportError(
        'conflict',
        `The task could not be read when it was submitted: ${first?.message}`,
      );
    }
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, reading.task);
    return reading.task;
  }

  async function kept(run: OfRun, { task, common }: Bundles): Promise<TaskToGrade> {
    const course = await courses.get(run.course);
    const now = course?.tasks.find(({ id }) => id === run.task);
    const live = course?.common ?? null;
    const [folder, shared] = await whenAllEnded([
      unlessLost(taskFiles.folder(task, now?.folder ?? null)),
      typeof common === 'string' ? unlessLost(taskFiles.folder(common, live)) : common,
    ]);
    const used = shared === undefined ? live : shared;
    return { task: await read(run.course, folder, used), common: used };
  }

  return async (run) => {
    if (run.bundles) return kept(run, run.bundles);
    const course = await courses.get(run.course);
    const task = course?.tasks.find(({ id }) => id === run.task);
    return course && task ? { task, common: course.common } : null;
  };
}

/** A bundle that the store lost does not come back, as a course folder may. */
const unlessLost = (folder: Promise<string>): Promise<string> =>
  folder.catch((error: unknown) => {
    const isLost = error instanceof GradeportError && error.code === 'not-found';
    throw isLost ? new GradeportError('conflict', error.message, { cause: error }) : error;
  });
