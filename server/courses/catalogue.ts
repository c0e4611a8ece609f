/**
 * The courses on disk. Changes are found by asking the file system, at most once a second and only while requests
 * come: then ahead of time, so that no request waits for it. Watching (inotify) would notice changes sooner and
 * cost less, but it says nothing about network shares and bind mounts from other machines, ends at a
 * system-wide limit of watches, and loses folders that git replaces; a stat of each task.yaml is the same everywhere
 * and costs milliseconds.
 */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { nameOf, shownName } from '../rules/files/byte-names.ts';
import { isShortage } from '../rules/machine-state.ts';
import type { CourseCatalogue } from './catalogue-types.ts';
import { ID } from './inginious/problems.ts';
import { type CourseReader, courseReader } from './read-course.ts';
import { COURSE_FILE, courseFileOf, misnamed, nearlyCourseFile } from './read-task.ts';
import type { Course, DefaultEnvironments } from './task.ts';

export type CatalogueOptions = {
  /** How long a result of reading the disk is used. */
  recheckMs?: number;
  now?: () => number;
  /** Called once for each folder that looks like a course and cannot be read as one. */
  warn?: (message: string) => void;
  /** The environments of tasks that name none. */
  defaults?: DefaultEnvironments;
};

/** The share of recheckMs after which the disk is read ahead, so that a result is ready in time. */
const LOOK_AHEAD_AT = 0.7;
/** How many times recheckMs a result is used while the next one is being read. */
const LOOKING_AHEAD = 10;
const ASKED_LATELY_MS = 30_000;
/** A file that takes longer to read holds up nobody: its course, and the others, are shown as they were. */
const PATIENCE_MS = 2000;

/** @param folders each a folder of course folders; of two courses with one id the first counts. */
export function openCourses(folders: readonly string[], options: CatalogueOptions = {}): CourseCatalogue {
  const { recheckMs = 1000, now = Date.now, warn = () => {}, defaults } = options;
  const readers = new Map<string, CourseReader>();
  const warned = new Set<string>();
  let seen: { at: number; courses: Promise<Course[]> } | null = null;
  let askedAt = 0;
  let isLookingAhead = false;
  const patience = createPatience();
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
    // While the disk is read ahead, nobody waits for it: a file that is slow to read may be saved again and again.
    const usedMs = recheckMs * (isLookingAhead ? LOOKING_AHEAD : 1);
    if (seen && now() - seen.at < usedMs) return seen.courses;
    const courses = patience.inTime(look());
    seen = { at: now(), courses };
    // A failure (too many open files) is not kept: the next request tries again.
    courses.then(lookAheadSoon, () => {
      seen = null;
    });
    return courses;
  }

  /** While requests come, reads the disk before the last result is too old. */
  function lookAheadSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void lookAhead().catch(() => {}), recheckMs * LOOK_AHEAD_AT).unref();
  }

  async function lookAhead(): Promise<void> {
    if (now() - askedAt > ASKED_LATELY_MS) return;
    isLookingAhead = true;
    try {
      const courses = await patience.whole(look());
      // It counts from its end: after one that took long, the next is read ahead as well.
      seen = { at: now(), courses: Promise.resolve(courses) };
    } finally {
      isLookingAhead = false;
    }
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

/** While the machine opens no more files, say, the courses are shown as they were. */
const whileShort = (known: Course[]) => (error: unknown) => {
  if (!isShortage(error)) throw error;
  return known;
};

/** What was read last, where reading takes too long; nobody waits for the reading after a late one. */
function createPatience() {
  let last: Course[] | null = null;
  let isLate = false;

  async function whole(looking: Promise<Course[]>): Promise<Course[]> {
    const begun = performance.now();
    // The first reading begins the thread that reads, which says nothing of the next.
    const isFirst = last === null;
    last = await looking;
    isLate = !isFirst && performance.now() - begun > PATIENCE_MS;
    return last;
  }

  async function inTime(looking: Promise<Course[]>): Promise<Course[]> {
    const known = last;
    const done = whole(looking);
    if (known === null) return done;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), isLate ? 0 : PATIENCE_MS);
    });
    // Its failure is told by the next reading when this one is late.
    done.catch(() => {});
    const short = done.catch(whileShort(known));
    const first = await Promise.race([short, late]).finally(() => clearTimeout(timer));
    if (first === null) isLate = true;
    return first ?? known;
  }

  return { whole, inTime };
}

/** Folders with a course.yaml, sorted by id, each id once. */
async function courseFolders(folders: readonly string[], warn: (message: string) => void): Promise<string[]> {
  const byId = new Map<string, string>();
  for (const folder of folders) {
    for (const path of await coursesIn(resolve(folder), warn)) {
      const id = basename(path);
      const other = byId.get(id);
      if (!ID.test(id))
        warn(`${shownName(path)} is not a course: its name may have letters, digits, ".", "_" and "-" only.`);
      else if (other) warn(`${path} is left out: ${other} has the same id.`);
      else byId.set(id, path);
    }
  }
  return [...byId.values()].sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

async function coursesIn(folder: string, warn: (message: string) => void): Promise<string[]> {
  const names = await readdir(folder, { encoding: 'buffer' }).catch((error: Error) => {
    if (isShortage(error)) throw error;
    warn(`The courses in ${folder} cannot be read: ${error.message}`);
    return [];
  });
  const paths = names
    .map(nameOf)
    .filter((name) => !/^[$.]/.test(name))
    .map((name) => join(folder, name));
  const isCourse = await Promise.all(paths.map(async (path) => (await courseFileOf(path)) !== null));
  const others = paths.filter((_, index) => !isCourse[index]);
  for (const path of others) {
    const nearly = await nearlyCourseFile(path);
    if (nearly) warn(`${shownName(join(path, nearly.name))}: ${misnamed(COURSE_FILE)}.`);
  }
  return paths.filter((_, index) => isCourse[index]);
}
