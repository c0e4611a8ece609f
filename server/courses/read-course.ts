/** Reads one course folder into a Course; rereads only what changed. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { nameOf, shownName } from '../rules/files/byte-names.ts';
import { unlessShort } from '../rules/machine-state.ts';
import { both, compare, contentsOf } from './contents.ts';
import { type FoundFile, folderSignature } from './file-stamp.ts';
import type { CourseFile } from './inginious/course-file.ts';
import type { TaskReading } from './inginious/task-file.ts';
import { IN_A_COURSE, linkNotices, tellLinks } from './link-notices.ts';
import {
  commonFolder,
  courseFileOf,
  misnamed,
  nearlyTaskFile,
  readHead,
  readTaskFolder,
  sharedTranslations,
  TASK_FILE,
  taskFileOf,
  taskTranslations,
} from './read-task.ts';
import { type BrokenTask, type Course, type DefaultEnvironments, USUAL_ENVIRONMENTS } from './task.ts';
import {
  I18N,
  readTranslations,
  type Translations,
  translationsSignature,
} from './translations/translations.ts';
import { whole } from './yaml/yaml-file.ts';

/** Reads a course, or null when the folder is no longer one. Each reader remembers its last result. */
export type CourseReader = { read(): Promise<Course | null> };
type Read = { id: string; reading: TaskReading; signature: string };

/**
 * @param onTask called after each task that was checked
 * @param defaults the environments of tasks that name none
 */
export function courseReader(
  folder: string,
  onTask: () => void = () => {},
  defaults: DefaultEnvironments = USUAL_ENVIRONMENTS,
): CourseReader {
  const id = basename(folder);
  const courseFile = remember<CourseFile>();
  const courseTexts = remember<Translations>();
  let tasks = new Map<string, ReturnType<typeof remember<TaskReading>>>();
  let last: { key: string; course: Course } | null = null;

  async function readTasks(head: CourseFile): Promise<Read[]> {
    const found = new Map<string, ReturnType<typeof remember<TaskReading>>>();
    const shared = sharedTranslations(folder);
    const inCourse = { id, translations: shared, showOutput: head.showOutput, defaults };
    const read = await Promise.all(
      (await taskNames(folder)).map(async (name) => {
        const path = join(folder, name);
        const file = await taskFileOf(path);
        const nearly = file === null ? await nearlyTaskFile(path) : null;
        if (nearly !== null) return [misnamedTask(id, name, nearly)];
        if (file === null) return [];
        const texts = await translationsSignature(taskTranslations(path, shared));
        const around = await folderSignature(path);
        const signature = [file.name, file.signature, texts, around, head.showOutput].join('\n');
        const memory = tasks.get(name) ?? remember<TaskReading>();
        found.set(name, memory);
        const shown = join(id, shownName(name), file.name);
        const reading = await memory(signature, () => readTaskFolder(path, inCourse, shown));
        onTask();
        return [{ id: shownName(name), reading, signature }];
      }),
    );
    tasks = found;
    return read.flat();
  }

  async function read(): Promise<Course | null> {
    const file = await courseFileOf(folder);
    if (file === null) return null;
    const signature = `${file.name}:${file.signature}`;
    const texts = { top: folder, names: [I18N], mayBeLink: true };
    const links = linkNotices(folder, id, IN_A_COURSE, { mayBeLink: true });
    const textsKey = await translationsSignature(texts);
    const translations = await courseTexts(textsKey, () => readTranslations(texts));
    const head = await courseFile(signature, () => readHead(folder));
    const [all, common] = await Promise.all([readTasks(head), commonFolder(folder)]);
    const files = links.map((link) => link.file);
    const key = [signature, textsKey, common, ...files, ...all.map((each) => `${each.id}:${each.signature}`)];
    if (last?.key !== key.join('\n')) {
      const notices = [...head.notices, ...links];
      tellLinks(id, links);
      const place = { id, folder, common, translations };
      last = { key: key.join('\n'), course: toCourse(place, { ...head, notices }, all, file.name) };
    }
    return last.course;
  }
  return { read };
}

function misnamedTask(course: string, task: string, { name, signature }: FoundFile): Read {
  const problem = whole(join(course, shownName(task), name), misnamed(TASK_FILE));
  return { id: shownName(task), reading: { problems: [problem] }, signature };
}

/** Keeps the last value as long as the signature is the same. */
function remember<T>() {
  let kept: { signature: string; made: Promise<T> } | null = null;
  return (signature: string, make: () => Promise<T>): Promise<T> => {
    if (kept?.signature === signature) return kept.made;
    // Kept from its beginning: a file that takes long is read once, however many ask meanwhile.
    const own = { signature, made: make() };
    kept = own;
    own.made.catch(() => {
      if (kept === own) kept = null;
    });
    return own.made;
  };
}

async function taskNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(unlessShort([]));
  // $common and .git are not tasks; a link may lead to one.
  const folders = entries.filter((entry) => !entry.isFile()).map((entry) => nameOf(entry.name));
  return folders.filter((name) => !/^[$.]/.test(name));
}

type Place = Pick<Course, 'id' | 'folder' | 'common' | 'translations'>;

function toCourse(place: Place, head: CourseFile, readings: readonly Read[], file: string): Course {
  const broken: BrokenTask[] = head.problems.length > 0 ? [{ id: file, problems: head.problems }] : [];
  const read = readings.flatMap(({ id, reading }) => {
    if ('task' in reading) return [reading];
    broken.push({ id, problems: reading.problems });
    return [];
  });
  broken.sort((a, b) => compare(a.id, b.id));
  const { tasks, sections, deals, notices } = contentsOf(head, read, join(place.id, file));
  return {
    ...place,
    name: head.name ?? place.id,
    description: head.description,
    tasks,
    sections,
    deals,
    broken,
    tags: head.tags,
    registration: head.registration && {
      ...head.registration,
      access: both(head.registration.access, head.access),
    },
    leavable: head.leavable,
    fields: head.fields,
    groupsByStudents: head.groupsByStudents,
    lti: head.lti,
    admins: head.admins,
    tutors: head.tutors,
    notices: [...head.notices, ...notices, ...tasks.flatMap((task) => task.notices)],
  };
}
