/** One course folder → Course, reading again only what changed. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CourseFile, readCourseFile } from './formats/course-file.ts';
import type { TaskReading } from './formats/inginious.ts';
import { COURSE_FILE, commonFolder, readTaskFolder, TASK_FILE } from './read-task.ts';
import { signatureOf } from './signature.ts';
import type { BrokenTask, Course, Task } from './task.ts';

/** Reads a course, or null when the folder is none any more. Each reader remembers what it read. */
export type CourseReader = { read(): Promise<Course | null> };

export function courseReader(folder: string): CourseReader {
  const id = basename(folder);
  const courseFile = remember<CourseFile>();
  let tasks = new Map<string, ReturnType<typeof remember<TaskReading>>>();
  let last: { key: string; course: Course } | null = null;

  async function readTasks(): Promise<{ id: string; reading: TaskReading; signature: string }[]> {
    const found = new Map<string, ReturnType<typeof remember<TaskReading>>>();
    const read = await Promise.all(
      (await taskNames(folder)).map(async (name) => {
        const path = join(folder, name);
        const signature = await signatureOf(join(path, TASK_FILE));
        if (signature === null) return [];
        const memory = tasks.get(name) ?? remember<TaskReading>();
        found.set(name, memory);
        const shown = join(id, name, TASK_FILE);
        const reading = await memory(signature, () => readTaskFolder(path, id, shown));
        return [{ id: name, reading, signature }];
      }),
    );
    tasks = found;
    return read.flat();
  }

  async function read(): Promise<Course | null> {
    const path = join(folder, COURSE_FILE);
    const signature = await signatureOf(path);
    if (signature === null) return null;
    const head = await courseFile(signature, async () =>
      readCourseFile(await text(path), join(id, COURSE_FILE)),
    );
    const [all, common] = await Promise.all([readTasks(), commonFolder(folder)]);
    const key = [signature, common, ...all.map((each) => `${each.id}:${each.signature}`)].join('\n');
    if (last?.key !== key) last = { key, course: toCourse(id, folder, head, all, common) };
    return last.course;
  }
  return { read };
}

/** Keeps the last value, as long as the signature is the same. */
function remember<T>() {
  let kept: { signature: string; value: T } | null = null;
  return async (signature: string, make: () => Promise<T>): Promise<T> => {
    if (kept?.signature !== signature) kept = { signature, value: await make() };
    return kept.value;
  };
}

async function taskNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  // $common and .git are no tasks; a link may lead to one.
  const folders = entries.filter((entry) => !/^[$.]/.test(entry.name) && !entry.isFile());
  return folders.map((entry) => entry.name);
}

/** A file that cannot be read is as good as an empty one: the course's own faults then say what is missing. */
const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

function toCourse(
  id: string,
  folder: string,
  head: CourseFile,
  readings: { id: string; reading: TaskReading }[],
  common: string | null,
): Course {
  const tasks: Task[] = [];
  const broken: BrokenTask[] = head.problems.length > 0 ? [{ id: COURSE_FILE, problems: head.problems }] : [];
  for (const { id: task, reading } of readings) {
    if ('task' in reading) tasks.push(reading.task);
    else broken.push({ id: task, problems: reading.problems });
  }
  tasks.sort((a, b) => a.order - b.order || compare(a.id, b.id));
  broken.sort((a, b) => compare(a.id, b.id));
  return { id, folder, name: head.name ?? id, description: head.description, tasks, broken, common };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
