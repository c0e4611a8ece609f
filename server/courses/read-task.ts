/** Reads one task folder into a Task, alone or for a course. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { isShortage } from '../rules/machine-state.ts';
import { type FoundFile, firstFile } from './file-stamp.ts';
import { type CourseFile, unreadCourse } from './inginious/course-file.ts';
import { ID } from './inginious/problems.ts';
import { readCourseSource, readTaskSource } from './inginious/read-files.ts';
import type { TaskReading } from './inginious/task-file.ts';
import { IN_A_TASK, linkNotices, tellLinks } from './link-notices.ts';
import { isFolderBeneath, readFileBeneath } from './read-beneath.ts';
import { type DefaultEnvironments, type FileProblemReport, type Task, USUAL_ENVIRONMENTS } from './task.ts';
import { I18N, readTranslations, type TextsPlace, translationFolder } from './translations/translations.ts';
import { textOfFile } from './yaml/text-of-file.ts';
import { whole } from './yaml/yaml-file.ts';

export const TASK_FILE = 'task.yaml';
export const COURSE_FILE = 'course.yaml';
/** Written by INGInious' plugins and by its 0.9; JSON is valid YAML. */
const TASK_FILES = [TASK_FILE, 'task.json'];
const COURSE_FILES = [COURSE_FILE, 'course.json', 'taskset.yaml'];
export const taskFileOf = (folder: string): Promise<FoundFile | null> => firstFile(folder, TASK_FILES);
export const courseFileOf = (folder: string): Promise<FoundFile | null> => firstFile(folder, COURSE_FILES);
/** What people write in their place; a list, because every folder of a course is looked at again and again. */
const NEARLY = ['task.yml', 'Task.yaml', 'TASK.YAML', 'tasks.yaml', 'task.yaml.txt'];
const NEARLY_COURSE = ['course.yml', 'Course.yaml', 'COURSE.YAML', 'courses.yaml', 'course.yaml.txt'];
export const nearlyTaskFile = (folder: string): Promise<FoundFile | null> => firstFile(folder, NEARLY);
export const nearlyCourseFile = (folder: string): Promise<FoundFile | null> =>
  firstFile(folder, NEARLY_COURSE);
export const misnamed = (wanted: string): string => `only ${wanted} is read: rename this file to ${wanted}`;
const COMMON = '$common';
/** Larger than every task.yaml and course.yaml that we have seen. */
const MOST_BYTES = 2 ** 20;

/** What a task's reader must know of its course. */
export type InCourse = {
  id: string;
  /** The folder of all its tasks' translations; null: there is none. */
  translations: TextsPlace | null;
  showOutput: boolean | undefined;
  defaults: DefaultEnvironments;
};

/** INGInious takes the first folder that exists: two of the task, then two of all tasks. */
export const sharedTranslations = (course: string): TextsPlace | null => translationsIn(join(course, COMMON));
const translationsIn = (top: string): TextsPlace | null =>
  translationFolder([[I18N], ['student', I18N]].map((names) => ({ top, names })));
export const taskTranslations = (task: string, shared: TextsPlace | null): TextsPlace | null =>
  translationsIn(task) ?? shared;

/** `shown` is the name of the task's file in messages: its path below the course. Disk errors count as file errors, except a shortage. */
export async function readTaskFolder(folder: string, course: InCourse, shown: string): Promise<TaskReading> {
  const id = basename(folder);
  if (!ID.test(id)) {
    const wish = 'its folder’s name may have letters, digits, ".", "_" and "-" only';
    return { problems: [whole(shown, `the task cannot be used: ${wish}`)] };
  }
  try {
    const source = await readFileBeneath(folder, [basename(shown)], { maxBytes: MOST_BYTES });
    const { showOutput, defaults } = course;
    const read = await readTaskSource(textOfFile(source), {
      id,
      course: course.id,
      folder,
      file: shown,
      showOutput,
      defaults,
    });
    if ('problems' in read) return read;
    const translations = await readTranslations(taskTranslations(folder, course.translations));
    const links = linkNotices(folder, dirname(shown), IN_A_TASK);
    tellLinks(dirname(dirname(shown)), links);
    const notices = [...read.task.notices, ...links];
    return { ...read, task: { ...read.task, translations, notices } };
  } catch (error) {
    if (isShortage(error)) throw error;
    return { problems: [whole(shown, error instanceof Error ? error.message : String(error))] };
  }
}

/**
 * Reads a task whose folder was kept together with its course's shared folder, as it is graded. Settings of
 * course.yaml are missing; they only decide which users see what, and when.
 */
export async function readBundledTask(
  folder: string,
  { course, common, defaults }: { course: string; common: string | null; defaults: DefaultEnvironments },
): Promise<TaskReading> {
  const file = (await taskFileOf(folder))?.name ?? TASK_FILE;
  const translations = common === null ? null : translationsIn(common);
  const around = { id: course, translations, showOutput: undefined, defaults };
  return readTaskFolder(folder, around, join(course, basename(folder), file));
}

/** Absolute path of the folder that a course shares with all its graders. */
export async function commonFolder(courseFolder: string): Promise<string | null> {
  return isFolderBeneath(courseFolder, [COMMON], { mayBeLink: true }) ? join(courseFolder, COMMON) : null;
}

/** An unreadable file counts as an empty one, with the reason as its fault, except in a shortage. */
export async function readHead(courseFolder: string): Promise<CourseFile> {
  const name = (await courseFileOf(courseFolder))?.name ?? COURSE_FILE;
  const course = basename(courseFolder);
  const shown = join(course, name);
  try {
    const reading = { maxBytes: MOST_BYTES, mayBeLink: true };
    const source = await readFileBeneath(courseFolder, [name], reading);
    return await readCourseSource(textOfFile(source), shown, course);
  } catch (error) {
    if (isShortage(error)) throw error;
    return unreadCourse([whole(shown, error instanceof Error ? error.message : String(error))]);
  }
}

/**
 * Reads a task for grading without a server. Its course is the folder above it, if that has a course.yaml;
 * `options.course` renames it. `common` is that course's shared folder.
 */
export async function readTask(
  folder: string,
  options: { course?: string; defaults?: DefaultEnvironments } = {},
): Promise<{ task: Task; common: string | null } | { problems: FileProblemReport[] }> {
  const absolute = await realpath(folder).catch(() => null);
  const file = absolute === null ? null : await taskFileOf(absolute);
  const nearly = absolute === null || file !== null ? null : await nearlyTaskFile(absolute);
  const shown = join(relative(process.cwd(), absolute ?? folder), (file ?? nearly)?.name ?? TASK_FILE);
  if (nearly !== null) return { problems: [whole(shown, misnamed(TASK_FILE))] };
  if (absolute === null || file === null) {
    return { problems: [whole(shown, 'there is no such file; a task is a folder with a task.yaml')] };
  }
  const above = dirname(absolute);
  const inCourse = (await courseFileOf(above)) !== null;
  const course = options.course ?? (inCourse ? basename(above) : '');
  const head = inCourse ? await readHead(above) : null;
  const translations = inCourse ? sharedTranslations(above) : null;
  const defaults = options.defaults ?? USUAL_ENVIRONMENTS;
  const around = { id: course, translations, showOutput: head?.showOutput, defaults };
  const read = await readTaskFolder(absolute, around, shown);
  if ('problems' in read) return read;
  return { task: read.task, common: inCourse ? await commonFolder(above) : null };
}
