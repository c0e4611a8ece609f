/**
 * The cgroups of one container. Ours, one in each tree, lives a little longer and so can be asked how the container
 * ended. In it is the runtime's, which the runtime removes unless it was killed.
 */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { cgroupsAt, haltAll } from './cgroup.ts';

const LONGEST_MS = 2000;
const STEP_MS = 10;
const TREES = '/sys/fs/cgroup';

export const boxIn = (cgroup: string): string => `${cgroup}/box`;

/** Ends what runs in a cgroup and removes it. @param cgroup ours, below each tree; it may be gone already */
export async function endByForce(cgroup: string): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  if (foldersOf(boxIn(cgroup)).length > 0) await haltAll(cgroupsAt(boxIn(cgroup)));
  // The kernel takes its time to let go of processes that were killed.
  const folders = () => [...foldersOf(boxIn(cgroup)), ...foldersOf(cgroup)];
  while (folders().filter((folder) => !isRemoved(folder)).length > 0 && performance.now() < until)
    await pause(STEP_MS);
}

/** Whether something of it is left; a cgroup with a process in it cannot be removed. */
export const isCgroupThere = (cgroup: string): boolean => foldersOf(cgroup).length > 0;

const foldersOf = (cgroup: string): string[] =>
  [TREES, ...readdirSync(TREES).map((tree) => `${TREES}/${tree}`)]
    .map((tree) => `${tree}${cgroup}`)
    .filter((folder) => existsSync(folder));

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}
