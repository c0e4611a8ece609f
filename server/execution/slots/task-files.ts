/** Lays a task's files out in a workspace. */
import {
  chmodSync,
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { WORKER_UID } from '../../environments/discovery/runs-as.ts';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import { onDisk } from '../../rules/files/byte-names.ts';
import { type FolderEntry, fileBeneath, type OpenFolder, openFolder } from '../../rules/files/open-folder.ts';
import { bytesText } from '../../text/quantities.ts';
import { isRoot, TASK_BYTES, type Workspace } from './places/workspace.ts';

/**
 * Small files are copied synchronously: a few files into memory take 0.3 ms this way, and ten times as long through
 * the thread pool. Between large files and in long lists other work has its turn.
 */
const LARGE_BYTES = 256 * 1024;
const ENTRIES_BETWEEN_BREAKS = 100;

const MAX_HOSTS_BYTES = 64 * 1024;

/**
 * Copies the task: its student/ folder becomes the student folder's first content. No link is followed, even if
 * somebody makes one meanwhile; where student/ is one, it is not copied. Without its folder a run would be graded as that of
 * an empty task.
 */
export async function fillTask(workspace: Workspace, taskFolder: string): Promise<void> {
  using task = openFolder(taskFolder);
  if (task === null) throw away();
  try {
    await copyFolder(task, workspace.task, 'student', workspace.owner);
    using student = task.folder('student');
    if (student) await copyFolder(student, workspace.student, null, workspace.owner);
  } catch (error) {
    // Where its own folders have room, the machine's disk is full, which is no fault of the task.
    const isFull =
      isNoSpace(error) && ((await workspace.isFull('task')) || (await workspace.isFull('student')));
    if (!isFull) throw error;
    throw taskTooLarge(taskFolder, workspace.studentBytes, error);
  }
}

/**
 * Lines of /etc/hosts that a task adds: systemfiles/hosts names addresses for the grader and for students, as in INGInious.
 */
export function hostsOf(taskFolder: string): string {
  using task = openFolder(taskFolder);
  const file = task && fileBeneath(task, ['systemfiles', 'hosts']);
  if (file === null) return '';
  try {
    return fstatSync(file).size <= MAX_HOSTS_BYTES ? readFileSync(file, 'utf8') : '';
  } finally {
    closeSync(file);
  }
}

/** A sentence for the teacher, without paths of this machine, because a student may read it. */
export const taskTooLarge = (taskFolder: string, studentBytes: number | null, cause: unknown) =>
  new GradeportError(
    'conflict',
    `The files of task "${basename(taskFolder)}" do not fit: at most ${bytesText(TASK_BYTES)}, and in its student/ folder ${bytesText(studentBytes ?? 0)} (limits.disk in task.yaml).`,
    { cause },
  );

async function copyFolder(
  from: OpenFolder,
  to: string,
  leftOut: string | null,
  owner: number,
): Promise<void> {
  let count = 0;
  for (const entry of from.entries()) {
    if (entry.name === leftOut) continue;
    count += 1;
    if (count % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
    await copyEntry(entry, from, join(to, entry.name), owner);
  }
}

/** Links are copied as links: what they point to is looked up inside the container, never here. */
async function copyEntry(entry: FolderEntry, from: OpenFolder, to: string, owner: number): Promise<void> {
  const { name } = entry;
  const target = onDisk(to);
  if (entry.isDirectory()) {
    using folder = from.folder(name);
    if (folder === null) throw changing();
    mkdirSync(target);
    await copyFolder(folder, to, null, owner);
  } else if (entry.isSymbolicLink()) {
    const leadsTo = from.link(name);
    if (leadsTo === null) throw changing();
    symlinkSync(onDisk(leadsTo), target);
  } else if (entry.isFile()) {
    const file = from.file(name);
    if (file === null) throw changing();
    await copyOpenFile(file, target);
  } else return;
  // The grader may change and run every file of its copy, as in INGInious.
  if (!entry.isSymbolicLink()) chmodSync(target, 0o777);
  if (isRoot()) lchownSync(target, owner, WORKER_UID);
}

async function copyOpenFile(file: number, target: string | Buffer): Promise<void> {
  if (fstatSync(file).size <= LARGE_BYTES) {
    try {
      writeFileSync(target, readFileSync(file), { flag: 'wx' });
    } finally {
      closeSync(file);
    }
  } else await pipeline(createReadStream('', { fd: file }), createWriteStream(target, { flags: 'wx' }));
}

/** It was a file or a folder when its folder was listed: a teacher saves, or git pulls. The run is tried again. */
export const changing = () =>
  new GradeportError(
    'busy',
    'The files of this task are changing right now; the run is tried again in a moment.',
  );

/** It was there when its course was read. The run is tried again for half a minute. */
export const away = () =>
  new GradeportError(
    'not-found',
    'The folder of this task is not there, or a link; put it back, and submit again.',
  );
