/**
 * The courses on disk. What changed is found by asking the file system, at most once a second and only while
 * somebody asks for courses: then beforehand, so that nobody waits for it. Watching (inotify) would be quicker to
 * know and cheaper, but it says nothing about network shares and bind mounts from other machines, ends at a
 * system-wide limit of watches, and loses folders that git replaces; a stat of each task.yaml is the same everywhere
 * and costs milliseconds.
 */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { CourseCatalogue } from './catalogue-types.ts';
import { ID } from './inginious/problems.ts';
import { type CourseReader, courseReader } from './read-course.ts';
import { courseFileOf } from './read-task.ts';
import type { Course, DefaultEnvironments } from './task.ts';

export type CatalogueOptions = {
  /** How long what was seen on disk counts as true. */
  recheckMs?: number;
  now?: () => number;
  /** Told once about each folder that looks like a course and cannot be one. */
  warn?: (message: string) => void;
  /** What tasks get that name no environment. */
  defaults?: DefaultEnvironments;
};

/** A part of recheckMs: what is looked up must be there when the old is too old. */
const LOOK_AHEAD_AT = 0.7;
const ASKED_LATELY_MS = 30_000;

/** @param folders each a folder of course folders; of two courses with one id the first counts. */
export function openCourses(folders: readonly string[], options: CatalogueOptions = {}): CourseCatalogue {
  const { recheckMs = 1000, now = Date.now, warn = () => {}, defaults } = options;
  const readers = new Map<string, CourseReader>();
  const warned = new Set<string>();
  let seen: { at: number; courses: Promise<Course[]> } | null = null;
  let askedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const reader = (folder: string): CourseReader => {
    const known = readers.get(folder) ?? courseReader(folder, undefined, defaults);
    readers.set(folder, known);
    return known;
  };

  const warnOnce = (message: string): void => {
    if (warned.has(message)) return;
    warned.add(message);
    warn(message);
  };

  async function look(): Promise<Course[]> {
    const found = await courseFolders(folders, warnOnce);
    for (const folder of readers.keys()) if (!found.includes(folder)) readers.delete(folder);
    const courses = await Promise.all(found.map((folder) => reader(folder).read()));
    return courses.filter((course) => course !== null);
  }

  function list(): Promise<Course[]> {
    askedAt = now();
    if (seen && now() - seen.at < recheckMs) return seen.courses;
    const courses = look();
    seen = { at: now(), courses };
    // A failure (too many open files) is not kept for the next question.
    courses.then(lookAheadSoon, () => {
      seen = null;
    });
    return courses;
  }

  /** While people ask, what they get is looked up before it is too old. */
  function lookAheadSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void lookAhead().catch(() => {}), recheckMs * LOOK_AHEAD_AT).unref();
  }

  async function lookAhead(): Promise<void> {
    if (now() - askedAt > ASKED_LATELY_MS) return;
    const at = now();
    const courses = Promise.resolve(await look());
    seen = { at, courses };
    lookAheadSoon();
  }

  const get = async (courseId: string) => (await list()).find(({ id }) => id === courseId) ?? null;
  return {
    list: async () => [...(await list())],
    get,
    task: async (courseId, taskId) => (await get(courseId))?.tasks.find(({ id }) => id === taskId) ?? null,
    async close() {
      clearTimeout(timer);
      askedAt = Number.NEGATIVE_INFINITY;
      readers.clear();
    },
  };
}

/** Folders with a course.yaml, sorted by id, each id once. */
async function courseFolders(folders: readonly string[], warn: (message: string) => void): Promise<string[]> {
  const byId = new Map<string, string>();
  for (const folder of folders) {
    for (const path of await coursesIn(resolve(folder), warn)) {
      const id = basename(path);
      const other = byId.get(id);
      if (!ID.test(id))
        warn(`${path} is no course: its name may have letters, digits, ".", "_" and "-" only.`);
      else if (other) warn(`${path} is left out: ${other} has the same id.`);
      else byId.set(id, path);
    }
  }
  return [...byId.values()].sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

async function coursesIn(folder: string, warn: (message: string) => void): Promise<string[]> {
  const names = await readdir(folder).catch((error: Error) => {
    warn(`The courses in ${folder} cannot be read: ${error.message}`);
    return [];
  });
  const paths = names.filter((name) => !/^[$.]/.test(name)).map((name) => join(folder, name));
  const isCourse = await Promise.all(paths.map(async (path) => (await courseFileOf(path)) !== null));
  return paths.filter((_, index) => isCourse[index]);
}
