/** The tasks of a folder: of a task, of a course, or of a repository with several of them. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { courseReader } from '../../courses/read-course.ts';
import { commonFolder, courseFileOf, readTask, TASK_FILE, taskFileOf } from '../../courses/read-task.ts';
import type { DefaultEnvironments, FileProblemReport, Task } from '../../courses/task.ts';
import { GradeportError } from '../../rules/errors.ts';
import { sentences } from '../ui/sentences.ts';

export type FoundTask = { task: Task; common: string | null };
type BrokenFile = { course: string; task: string; file: string; problems: FileProblemReport[] };
export type Found = { tasks: FoundTask[]; broken: BrokenFile[] };

/** courses/algorithms/sorting: a task in a course in a folder of the repository. */
const DEPTH = 2;
const MOST_FOLDERS = 2000;

export async function findTasks(folder: string, defaults: DefaultEnvironments): Promise<Found> {
  if (await taskFileOf(folder)) return oneTask(folder, defaults);
  if (await courseFileOf(folder)) return tasksOfCourse(folder, defaults);
  const places = await placesBelow(folder);
  const found = await Promise.all(places.map((place) => tasksAt(place, defaults)));
  if (found.length === 0) {
    throw new GradeportError(
      'usage',
      `There is no ${TASK_FILE} and no course.yaml in ${folder}, nor in the folders below it.`,
    );
  }
  return { tasks: found.flatMap(({ tasks }) => tasks), broken: found.flatMap(({ broken }) => broken) };
}

/** The courses of a folder: itself, or those in the folders below it. */
export async function findCourses(folder: string): Promise<string[]> {
  if (await courseFileOf(folder)) return [folder];
  return (await placesBelow(folder)).filter(({ isCourse }) => isCourse).map(({ path }) => path);
}

async function oneTask(folder: string, defaults: DefaultEnvironments): Promise<Found> {
  const read = await readTask(folder, { defaults });
  if ('problems' in read) throw new GradeportError('usage', sentences(read.problems));
  return { tasks: [read], broken: [] };
}

async function tasksOfCourse(folder: string, defaults: DefaultEnvironments): Promise<Found> {
  const course = await courseReader(resolve(folder), undefined, defaults).read();
  if (!course) throw new GradeportError('not-found', `There is no course.yaml in ${folder} any more.`);
  const { common } = course;
  return {
    tasks: course.tasks.map((task) => ({ task, common })),
    broken: course.broken.map(({ id, problems }) => ({
      course: course.id,
      task: id,
      file: problems[0]?.file ?? TASK_FILE,
      problems,
    })),
  };
}

async function tasksAt({ path, isCourse }: Place, defaults: DefaultEnvironments): Promise<Found> {
  if (isCourse) return tasksOfCourse(path, defaults);
  const read = await readTask(path, { defaults });
  // A task that stands in no course, beside others that can be read.
  return 'problems' in read
    ? {
        tasks: [],
        broken: [{ course: '', task: basename(path), file: TASK_FILE, problems: read.problems }],
      }
    : { tasks: [read], broken: [] };
}

type Place = { path: string; isCourse: boolean };

/** In the order of their names. Links are not followed: they may lead in a circle. */
async function placesBelow(folder: string): Promise<Place[]> {
  const places: Place[] = [];
  let looked = 0;
  const look = async (path: string, depth: number): Promise<void> => {
    for (const name of await folderNames(path)) {
      looked += 1;
      if (looked > MOST_FOLDERS)
        throw new GradeportError('too-large', `${folder} has too many folders: name one of its courses.`);
      const below = join(path, name);
      if (await courseFileOf(below)) places.push({ path: below, isCourse: true });
      else if (await taskFileOf(below)) places.push({ path: below, isCourse: false });
      else if (depth > 1) await look(below, depth - 1);
    }
  };
  await look(folder, DEPTH);
  return places;
}

async function folderNames(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** @param course the folder whose $common the tasks get instead of their own course's */
export async function withCommonOf(found: Found, course: string): Promise<Found> {
  const common = await commonFolder(resolve(course));
  return { ...found, tasks: found.tasks.map(({ task }) => ({ task, common })) };
}
