/** Copies a course into this installation. The teacher's own folder stays unchanged. */
import { constants, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { parseDocument } from 'yaml';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import { AS_IT_IS } from '../../rules/files/open-flags.ts';
import { isFolder } from '../file-stamp.ts';
import { ID } from '../inginious/problems.ts';
import { COURSE_FILE, courseFileOf, misnamed, nearlyCourseFile, readHead, taskFileOf } from '../read-task.ts';
import { type Copied, copyCourse } from './copy-course.ts';

export type ImportOptions = {
  /** The course's id here, which is its folder's name. */
  id: string;
  replace: boolean;
  now: Date;
  onFile(files: number): void;
};
export type Imported = Copied & {
  folder: string;
  /** Where the replaced course is now; null: none was replaced. */
  undo: string | null;
};

/** Names that begin with a dot are not courses: half-copied and replaced courses stay invisible. */
const BEFORE = '.replaced';

export async function importCourse(from: string, courses: string, options: ImportOptions): Promise<Imported> {
  const { id, replace, now, onFile } = options;
  if (!ID.test(id) || /^[$.]/.test(id)) {
    const wish = 'use letters, digits, ".", "_" and "-", and begin with none of "." and "$": --name <id>';
    throw new GradeportError('usage', `"${id}" cannot be the id of a course: ${wish}.`);
  }
  await mkdir(courses, { recursive: true });
  const folder = join(courses, id);
  await checkPlaces(from, courses);
  await checkContent(from);
  if (existsSync(folder) && !replace) {
    const wish = '--replace takes its place and keeps the old one; --name imports beside it.';
    throw new GradeportError('conflict', `There is a course "${id}" already: ${wish}`);
  }
  const draft = join(courses, `.importing-${id}-${process.pid}`);
  try {
    const copied = await copyCourse(from, draft, onFile);
    await hideOutput(draft, id);
    const undo = await putAside(folder, join(courses, BEFORE), id, now);
    await putInPlace(draft, folder, undo);
    return { ...copied, folder, undo };
  } catch (error) {
    if (!isNoSpace(error) || error instanceof GradeportError) throw error;
    const wish = 'free some space on it, then import again. Nothing was imported.';
    throw new GradeportError('no-space', `The disk that holds ${courses} is full: ${wish}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function checkContent(from: string): Promise<void> {
  if ((await courseFileOf(from)) !== null) return;
  const nearly = await nearlyCourseFile(from);
  if (nearly !== null)
    throw new GradeportError('usage', `${join(from, nearly.name)}: ${misnamed(COURSE_FILE)}.`);
  const names = (await readdir(from)).filter((name) => !/^[$.]/.test(name));
  const files = await Promise.all(names.map((name) => taskFileOf(join(from, name))));
  if (files.some((file) => file !== null)) return;
  const inner = await Promise.all(names.map((name) => courseFileOf(join(from, name))));
  const courses = names.filter((_, index) => inner[index] != null);
  const wish = courses.length > 0 ? `; these folders in it are courses: ${courses.join(', ')}` : '';
  throw new GradeportError(
    'usage',
    `${from} is not a course: it has no course.yaml and no task folders${wish}.`,
  );
}

/** Why there is no course: a file may be an archive of one. */
export async function noFolder(path: string): Promise<GradeportError> {
  const kind = await archiveKind(path).catch(() => null);
  if (kind === null) return new GradeportError('not-found', `There is no folder ${path}.`);
  const command = kind === 'zip' ? `unzip ${path} -d course` : `mkdir course && tar -xf ${path} -C course`;
  const what = kind === 'file' ? 'a file' : `an archive (${kind})`;
  const help = kind === 'file' ? '' : `Unpack it ("${command}"), then n`;
  return new GradeportError(
    'usage',
    `${path} is ${what}, and a course is a folder. ${help === '' ? 'N' : help}ame the folder that has course.yaml in it.`,
  );
}

const TAR_MARK = { offset: 257, text: 'ustar' };

/** By what it begins with; null: there is no such file. */
async function archiveKind(path: string): Promise<'zip' | 'tar' | 'file' | null> {
  await using file = await open(path, AS_IT_IS & ~constants.O_NOFOLLOW);
  if (!(await file.stat()).isFile()) return null;
  const head = Buffer.alloc(512);
  await file.read(head, 0, head.length, 0);
  if (head.toString('latin1', 0, 2) === 'PK') return 'zip';
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const { offset, text } = TAR_MARK;
  return isGzip || head.toString('latin1', offset, offset + text.length) === text ? 'tar' : 'file';
}

/** A copy into itself would never end. */
async function checkPlaces(from: string, courses: string): Promise<void> {
  if (!(await isFolder(from))) throw await noFolder(from);
  const [source, target] = [await realpath(from), await realpath(courses)];
  const isWithin = (inner: string, outer: string) => `${inner}${sep}`.startsWith(outer + sep);
  if (isWithin(target, source) || isWithin(source, target)) {
    const sentence = `${from} is among the courses of this installation already, or holds them.`;
    throw new GradeportError('usage', `${sentence} "gradeport course check" looks at it there.`);
  }
}

async function putAside(folder: string, before: string, id: string, now: Date): Promise<string | null> {
  if (!existsSync(folder)) return null;
  await mkdir(before, { recursive: true });
  const undo = join(before, `${id}-${now.toISOString().replace(/[:.]/g, '-')}`);
  await rename(folder, undo);
  return undo;
}

/** @param before what was there, which comes back where this fails */
async function putInPlace(draft: string, folder: string, before: string | null): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (before !== null) await rename(before, folder);
    throw error;
  }
}

/**
 * Graders of INGInious print for teachers only. A course.yaml that is recognisably INGInious' is read so; the copy of
 * any other course gets a line for it, and a copy without course.yaml gets a minimal one.
 */
async function hideOutput(folder: string, id: string): Promise<void> {
  const file = await courseFileOf(folder);
  if (file === null)
    return writeFile(join(folder, COURSE_FILE), `name: ${JSON.stringify(id)}\nshow_output: false\n`);
  const head = await readHead(folder);
  if (head.showOutput !== undefined) return;
  const path = join(folder, basename(file.name));
  const document = parseDocument(await readFile(path, 'utf8'), { version: '1.1', uniqueKeys: false });
  document.set('show_output', false);
  await writeFile(path, String(document));
}
