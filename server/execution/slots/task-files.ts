/** Lays a task's files out in a workspace. */
import {
  chmodSync,
  constants,
  copyFileSync,
  type Dirent,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { WORKER_UID } from '../../environments/discovery/runs-as.ts';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { isRoot, TASK_BYTES, type Workspace } from './workspace.ts';

/**
 * Small files are copied synchronously: a few files into memory take 0.3 ms this way, and ten times as long through
 * the thread pool. Between large files and in long lists other work has its turn.
 */
const LARGE_BYTES = 256 * 1024;
const ENTRIES_BETWEEN_BREAKS = 100;

const MAX_HOSTS_BYTES = 64 * 1024;

/** Copies the task: its student/ folder becomes the student folder's first content. */
export async function fillTask(workspace: Workspace, taskFolder: string): Promise<void> {
  try {
    await copyFolder(taskFolder, workspace.task, 'student', workspace.owner);
    const student = join(taskFolder, 'student');
    // A link of this name does not count: it may lead to something outside the task.
    if (isRealFolder(student)) await copyFolder(student, workspace.student, null, workspace.owner);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    throw taskTooLarge(taskFolder, workspace.studentBytes, error);
  }
}

/**
 * Lines of /etc/hosts that a task adds: systemfiles/hosts names addresses for the grader and for students, as in INGInious.
 */
export function hostsOf(taskFolder: string): string {
  const folder = join(taskFolder, 'systemfiles');
  const path = join(folder, 'hosts');
  if (!isRealFolder(folder)) return '';
  const info = lstatSync(path, { throwIfNoEntry: false });
  return info?.isFile() && info.size <= MAX_HOSTS_BYTES ? readFileSync(path, 'utf8') : '';
}

export const isRealFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** A sentence for the teacher, without paths of this machine, because a student may read it. */
export const taskTooLarge = (taskFolder: string, studentBytes: number | null, cause: unknown) =>
  new GradeportError(
    'conflict',
    `The files of task "${basename(taskFolder)}" do not fit: at most ${bytesText(TASK_BYTES)}, and in its student/ folder ${bytesText(studentBytes ?? 0)} (limits.disk in task.yaml).`,
    { cause },
  );

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function copyFolder(from: string, to: string, leftOut: string | null, owner: number): Promise<void> {
  let count = 0;
  for (const entry of entriesOf(from)) {
    if (entry.name === leftOut) continue;
    count += 1;
    if (count % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
    await copyEntry(entry, join(from, entry.name), join(to, entry.name), owner);
  }
}

/** Links are copied as links: what they point to is looked up inside the container, never here. */
async function copyEntry(entry: Dirent, source: string, target: string, owner: number): Promise<void> {
  if (entry.isDirectory()) {
    mkdirSync(target);
    await copyFolder(source, target, null, owner);
  } else if (entry.isSymbolicLink()) {
    symlinkSync(readlinkSync(source), target);
  } else if (entry.isFile()) {
    if (statSync(source).size > LARGE_BYTES) await copyFile(source, target, constants.COPYFILE_EXCL);
    else copyFileSync(source, target, constants.COPYFILE_EXCL);
  } else return;
  // The grader may change and run every file of its copy, as in INGInious.
  if (!entry.isSymbolicLink()) chmodSync(target, 0o777);
  if (isRoot()) lchownSync(target, owner, WORKER_UID);
}
