/**
 * The folders of one run on the host: a private copy of the task, and the student folder. Each is a small
 * file system in memory of its own, so that its size and file count end where the limits say (ENOSPC), and
 * so that taking it away is one umount, whatever names and links were put there. docs/decisions/0005.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  mkdir,
  readdir,
  readFile,
  readlink,
  statfs,
  symlink,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { GradeportError } from '../core/errors.ts';
import type { Limits } from '../core/limits.ts';

const run = promisify(execFile);

/** The user that graders and student programs are, in every container (INGInious' own number). */
export const WORKER_UID = 4242;

/** The grader's copy of the task, its compiled files and results; a trusted program's place. */
export const TASK_BYTES = 512 * 2 ** 20;
const TASK_FILES = 100_000;

export type Workspace = {
  task: string;
  student: string;
  /** Size of the student folder's own file system; null where it could not be mounted (not root). */
  studentBytes: number | null;
  /** Whether a folder has no room left, for bytes or for files. */
  isFull(place: 'task' | 'student'): Promise<boolean>;
  [Symbol.asyncDispose](): Promise<void>;
};

const isRoot = (): boolean => process.getuid?.() === 0;

/** Makes the folders, empty; fillTask lays the task out in them. */
export async function openWorkspace(runsFolder: string, id: string, limits: Limits): Promise<Workspace> {
  const folder = join(runsFolder, id);
  const [task, student] = [join(folder, 'task'), join(folder, 'student')];
  await mkdir(task, { recursive: true, mode: 0o700 });
  await mkdir(student);
  const mounted = isRoot();
  try {
    if (mounted) {
      await mountMemory(task, TASK_BYTES, TASK_FILES);
      await mountMemory(student, limits.diskBytes, limits.diskFiles);
    }
    await mkdir(join(task, 'student'));
    for (const place of [task, student]) await chmod(place, 0o777);
  } catch (error) {
    await removeWorkspace(folder);
    throw error;
  }
  return {
    task,
    student,
    studentBytes: mounted ? limits.diskBytes : null,
    isFull: async (place) => mounted && isFull(place === 'task' ? task : student),
    [Symbol.asyncDispose]: () => removeWorkspace(folder),
  };
}

async function mountMemory(folder: string, bytes: number, files: number): Promise<void> {
  const options = `size=${bytes},nr_inodes=${files},mode=0777,nosuid,nodev`;
  await run('mount', ['-t', 'tmpfs', '-o', options, 'gradeport', folder]);
}

async function isFull(folder: string): Promise<boolean> {
  const { bavail, ffree } = await statfs(folder);
  return bavail === 0 || ffree === 0;
}

/** Never walks into what a student wrote: unmounts, then removes what is left by a program made for it. */
async function removeWorkspace(folder: string): Promise<void> {
  // -l: a container that is just going may still hold it.
  if (isRoot()) for (const place of ['student', 'task']) await unmount(join(folder, place));
  await run('rm', ['-rf', '--one-file-system', '--', folder]);
}

const unmount = (path: string): Promise<unknown> => run('umount', ['-l', path]).catch(() => {});

/** Takes away whatever an earlier process of ours left below a runs folder. */
export async function sweepWorkspaces(runsFolder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const below = mounts
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${runsFolder}/`));
  for (const path of below.reverse()) await unmount(path);
  await run('rm', ['-rf', '--one-file-system', '--', runsFolder]);
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
}

/** Copies the task: its student/ folder becomes the student folder's first content. */
export async function fillTask(workspace: Workspace, taskFolder: string): Promise<void> {
  try {
    await copyFolder(taskFolder, workspace.task, (name) => name !== 'student');
    await copyFolder(join(taskFolder, 'student'), workspace.student, () => true);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw new GradeportError('conflict', tooLarge(taskFolder, workspace), { cause: error });
    }
    throw error;
  }
}

/** For the teacher; names no place of this machine, because a student may read it. */
const tooLarge = (taskFolder: string, { studentBytes }: Workspace): string =>
  `The files of task "${basename(taskFolder)}" do not fit: at most ${TASK_BYTES / 2 ** 20} MiB, and in its student/ folder ${(studentBytes ?? 0) / 2 ** 20} MiB (limits.disk in task.yaml).`;

/** Links are copied as links: what they point to is looked up inside the container, never here. */
async function copyFolder(from: string, to: string, wanted: (name: string) => boolean): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    if (!wanted(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyFolder(source, target, () => true);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else if (entry.isFile()) {
      await copyFile(source, target, constants.COPYFILE_EXCL);
    } else continue;
    // The grader may change and run every file of its copy, as in INGInious.
    if (!entry.isSymbolicLink()) await chmod(target, 0o777);
    if (isRoot()) await lchown(target, WORKER_UID, WORKER_UID);
  }
}
