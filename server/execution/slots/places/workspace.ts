/**
 * The folders of one run on the host: a private copy of the task, and the student folder. Each is a small
 * file system in memory of its own, so that its size and file count end where the limits say (ENOSPC), and
 * so that removing it is one umount, whatever names and links were put there. docs/decisions/0005.
 */
import { statfsSync } from 'node:fs';
import { chmod, mkdir, readFile, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKER_UID } from '../../../environments/discovery/runs-as.ts';
import type { Limits } from '../../../rules/limits.ts';
import { weak } from '../../../rules/weaknesses.ts';
import { tableOf } from '../../../text/mount-table.ts';
import { mountMemory, mountTable, unmount } from '../policy/mounts.ts';
import { removeTree } from './remove-tree.ts';

/** The grader's copy of the task, its compiled files and results; a trusted program's place. */
export const TASK_BYTES = 512 * 2 ** 20;
export const TASK_FILES = 100_000;

/** Without a network the engine writes no hosts file, but Java, for one, looks up the container's own name. */
export const HOSTS = `127.0.0.1\tlocalhost grading student
::1\tlocalhost ip6-localhost ip6-loopback
`;

export type Workspace = {
  /** The user that the task's files belong to. */
  owner: number;
  task: string;
  student: string;
  /** Whether the task's folder has the student folder mounted in it, so that the grader follows no link there. */
  studentInTask: boolean;
  /** The file /etc/hosts of containers without a network. */
  hosts: string;
  /** Where the socket of the nth container may be; its maker removes it. */
  linePath(n: number): string;
  /** Size of the student folder's own file system; null where it could not be mounted (not root). */
  studentBytes: number | null;
  /** Whether a folder has no room left, for bytes or for files. */
  isFull(place: 'task' | 'student'): Promise<boolean>;
  [Symbol.asyncDispose](): Promise<void>;
};

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Makes the folders, empty; fillTask lays the task out in them. */
export async function openWorkspace(
  runsFolder: string,
  id: string,
  limits: Limits,
  moreHosts = '',
  owner = WORKER_UID,
): Promise<Workspace> {
  const folder = join(runsFolder, id);
  const { task, student, hosts } = placesIn(folder);
  let studentInTask = false;
  await mkdir(task, { recursive: true, mode: 0o700 });
  await mkdir(student);
  await writeFile(hosts, HOSTS + moreHosts, { mode: 0o644, flag: 'wx' });
  const mounted = isRoot();
  try {
    if (mounted) studentInTask = await mountPlaces(folder, limits);
    if (!studentInTask) await mkdir(join(task, 'student'));
    for (const place of [task, student]) await chmod(place, 0o777);
  } catch (error) {
    await removeWorkspace(folder, mounted);
    throw error;
  }
  return {
    owner,
    task,
    student,
    studentInTask,
    hosts,
    linePath: (n) => join(folder, `${n}.sock`),
    studentBytes: mounted ? limits.diskBytes : null,
    isFull: async (place) => mounted && isFull(place === 'task' ? task : student),
    [Symbol.asyncDispose]: () => removeWorkspace(folder, studentInTask),
  };
}

const placesIn = (folder: string) => ({
  task: join(folder, 'task'),
  student: join(folder, 'student'),
  /** The student folder once more, where no link is followed. */
  by: join(folder, 'by'),
  hosts: join(folder, 'hosts'),
  table: join(folder, 'mounts'),
});

let kernelCan = true;

/**
 * Two folders in memory. The student's is shown in the task's folder as well, where no link is followed (mount(2),
 * MS_NOSYMFOLLOW; since Linux 5.10): programs get ELOOP. That mount comes into the container with the task's folder, and
 * keeps its options: runtimes change those of the mounts that they are told of. It comes by way of another place, because
 * the option is set after that place is mounted, in this mount namespace only; in that of an engine the mount made from it
 * begins with the option. Older kernels cannot: then safe writes are what is left to the grader.
 * @returns whether the student folder is in the task's
 */
async function mountPlaces(folder: string, limits: Limits): Promise<boolean> {
  const { task, student, by, table } = placesIn(folder);
  const options = [
    optionsFor(TASK_BYTES, TASK_FILES),
    optionsFor(limits.diskBytes, limits.diskFiles),
  ] as const;
  let why = '';
  if (kernelCan) {
    const lines = [
      ['gradeport', task, 'tmpfs', options[0]],
      ['gradeport', student, 'tmpfs', options[1]],
      [student, by, 'none', 'bind,nosymfollow,nosuid,nodev'],
      [by, join(task, 'student'), 'none', 'bind,X-mount.mkdir'],
    ] as const;
    await mkdir(by);
    await writeFile(table, tableOf(lines), { mode: 0o600, flag: 'wx' });
    try {
      await mountTable(table);
      return true;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
      // What was mounted of them. If the others can be mounted, it is this one that cannot.
      for (const place of [by, student, task]) await unmount(place).catch(() => {});
    }
  }
  await Promise.all([mountMemory(task, options[0]), mountMemory(student, options[1])]);
  if (kernelCan)
    weak(
      'links',
      `Graders follow links of students, because no mount here can refuse them (nosymfollow): ${why}`,
    );
  kernelCan = false;
  return false;
}

const optionsFor = (bytes: number, files: number): string =>
  `size=${bytes},nr_inodes=${files},mode=0777,nosuid,nodev`;

/** Synchronous, because a file system in memory answers at once. */
function isFull(folder: string): boolean {
  const { bavail, ffree } = statfsSync(folder);
  return bavail === 0 || ffree === 0;
}

/**
 * Never walks into what a student wrote: unmounts, then removes our files and the empty folders.
 * @param fromTable whether they were mounted from a table
 */
async function removeWorkspace(folder: string, fromTable: boolean): Promise<void> {
  const { task, student, by, hosts, table } = placesIn(folder);
  // What is mounted within the task's folder goes with it.
  if (isRoot()) await unmount(task, student, fromTable ? by : undefined).catch(() => {});
  try {
    // Off the event loop: for a place that something is mounted on in another namespace, the kernel takes milliseconds.
    await unlink(hosts);
    if (fromTable) {
      await unlink(table);
      await rmdir(by);
    }
    for (const place of [task, student, folder]) await rmdir(place);
  } catch {
    // The folder is not empty, because it was not mounted.
    await removeTree(folder);
  }
}

/** Blanks, tabs, line breaks and backslashes are written there as three octal digits: proc(5). */
const plainPath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/**
 * Removes what an earlier process left below a runs folder, whatever its containers wrote there.
 * @returns why something of it is still there; null: it is empty
 */
export async function sweepWorkspaces(runsFolder: string): Promise<string | null> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const below = mounts
    .split('\n')
    .map((line) => plainPath(line.split(' ')[4] ?? ''))
    .filter((path) => path.startsWith(`${runsFolder}/`));
  for (const path of below.reverse()) await unmount(path).catch(() => {});
  const left = await removeTree(runsFolder);
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
  return left;
}
