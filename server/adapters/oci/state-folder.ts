/**
 * Records the containers that we start ourselves: a folder for each Gradeport process, and in it one for each container.
 * Its name identifies the process, so that another process can recognise what a dead one left behind.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** In memory: gone with the machine's next start, as the containers are. */
const TOP = '/run/gradeport/containers';
/** The path of a container's cgroup in each tree. */
export const cgroupOf = (id: string): string => `/gradeport/${id}`;

export type Entry = { id: string; folder: string; labels: Record<string, string> };

let made = 0;

/** @returns its path; its last part says which process it belongs to */
export function makeStateFolder(): string {
  made += 1;
  const path = join(TOP, `${process.pid}.${startOf(process.pid)}.${made}`);
  mkdirSync(join(path, 'files'), { recursive: true, mode: 0o700 });
  return path;
}

/** The 22nd field of /proc/<pid>/stat (proc(5)): with it a pid always means the same process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** @param owner the last part of a state folder's path */
export function isAlive(owner: string): boolean {
  const [pid, start] = owner.split('.');
  return start !== undefined && startOf(Number(pid)) === start;
}

const annotated = z.object({ annotations: z.record(z.string(), z.string()).default({}) });

/** The state folders of all processes, and whether each process is alive. */
export function stateFolders(): { path: string; alive: boolean; containers: Entry[] }[] {
  if (!existsSync(TOP)) return [];
  return readdirSync(TOP).map((owner) => {
    const path = join(TOP, owner);
    return { path, alive: isAlive(owner), containers: containersIn(path) };
  });
}

/** The containers of one state folder. */
export function containersIn(path: string): Entry[] {
  const names = readable(() => readdirSync(path)) ?? [];
  return names.flatMap((id) => {
    const folder = join(path, id);
    const config = readable(() =>
      annotated.parse(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))),
    );
    return config ? [{ id, folder, labels: config.annotations }] : [];
  });
}

/** null: the container ended while it was looked at. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

export const removeStateFolder = (path: string): void => rmSync(path, { recursive: true, force: true });
