/** One task folder → Task, on its own or for a course. */
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type CourseFile, readCourseFile } from './formats/course-file.ts';
import { readInginiousTask, type TaskReading } from './formats/inginious.ts';
import { ID } from './formats/problems.ts';
import { whole } from './formats/yaml-file.ts';
import { isFolder, signatureOf } from './signature.ts';
import type { FileProblemReport, Task } from './task.ts';
import { I18N, readTranslations, translationFolder } from './translations.ts';

export const TASK_FILE = 'task.yaml';
export const COURSE_FILE = 'course.yaml';
const COMMON = '$common';

/** What a task's reader must know of the course around it. */
export type InCourse = {
  id: string;
  /** null: the task stands alone. */
  folder: string | null;
  showOutput: boolean | undefined;
};

/** Where texts of a task in other languages may be; INGInious takes the first of these folders that there is. */
export const taskTranslations = (folder: string, course: string | null): Promise<string | null> => {
  const shared = course === null ? [] : [join(course, COMMON), join(course, COMMON, 'student')];
  return translationFolder([folder, join(folder, 'student'), ...shared].map((each) => join(each, I18N)));
};

/** `shown` is the name of the task's file in faults. Faults of the disk are faults of the file, too. */
export async function readTaskFolder(folder: string, course: InCourse, shown: string): Promise<TaskReading> {
  const id = basename(folder);
  if (!ID.test(id)) {
    const wish = 'its folder’s name may have letters, digits, ".", "_" and "-" only';
    return { problems: [whole(shown, `the task cannot be used: ${wish}`)] };
  }
  try {
    const source = await readFile(join(folder, TASK_FILE), 'utf8');
    const { showOutput } = course;
    const read = readInginiousTask(source, { id, course: course.id, folder, file: shown, showOutput });
    if ('problems' in read) return read;
    const translations = await readTranslations(await taskTranslations(folder, course.folder));
    return { task: { ...read.task, translations } };
  } catch (error) {
    return { problems: [whole(shown, error instanceof Error ? error.message : String(error))] };
  }
}

/** Absolute path of what a course shares with all its graders. */
export async function commonFolder(courseFolder: string): Promise<string | null> {
  const common = join(courseFolder, COMMON);
  return (await isFolder(common)) ? common : null;
}

/** A file that cannot be read is as good as an empty one: its own faults then say what is missing. */
export async function readHead(courseFolder: string): Promise<CourseFile> {
  const source = await readFile(join(courseFolder, COURSE_FILE), 'utf8').catch(() => '');
  return readCourseFile(source, join(basename(courseFolder), COURSE_FILE));
}

/**
 * A task that is graded without a server. Its course is the folder above it, when that has a course.yaml;
 * `options.course` renames it. `common` is that course's shared folder.
 */
export async function readTask(
  folder: string,
  options: { course?: string } = {},
): Promise<{ task: Task; common: string | null } | { problems: FileProblemReport[] }> {
  const absolute = await realpath(folder).catch(() => null);
  const shown = join(relative(process.cwd(), absolute ?? folder), TASK_FILE);
  if (absolute === null || (await signatureOf(join(absolute, TASK_FILE))) === null) {
    return { problems: [whole(shown, 'there is no such file; a task is a folder with a task.yaml')] };
  }
  const above = dirname(absolute);
  const inCourse = (await signatureOf(join(above, COURSE_FILE))) !== null;
  const course = options.course ?? (inCourse ? basename(above) : '');
  const head = inCourse ? await readHead(above) : null;
  const around = { id: course, folder: inCourse ? above : null, showOutput: head?.showOutput };
  const read = await readTaskFolder(absolute, around, shown);
  if ('problems' in read) return read;
  return { task: read.task, common: inCourse ? await commonFolder(above) : null };
}
