/**
 * Who else uses this machine while tests run: a server that people started, say, on the same engine. What belongs to a
 * living process without this run's mark is neither a leftover nor a test's to remove.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** In the environment of every process that a test starts, however it detaches itself. */
export const MARKER = 'GRADEPORT_TEST_RUN';

export const pids = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Processes end while they are looked at. */
function unlessOver<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

export const isMarked = (pid: string, testRun: string): boolean =>
  unlessOver(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))?.includes(`${MARKER}=${testRun}`) ?? false;

/** @returns whether it lives, and no test started it */
export const isOthers = (pid: string, testRun: string): boolean =>
  existsSync(`/proc/${pid}`) && !isMarked(pid, testRun);

/** Ids of the installations whose files a process of others has open. */
export function installationsOfOthers(testRun: string): Set<string> {
  const folders = pids()
    .filter((pid) => isOthers(pid, testRun))
    .flatMap((pid) => openFiles(pid).map(dirname));
  const ids = [...new Set(folders)].map((folder) =>
    unlessOver(() => readFileSync(join(folder, 'installation-id'), 'utf8').trim()),
  );
  return new Set(ids.filter((id) => id !== null));
}

function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  const names = unlessOver(() => readdirSync(folder)) ?? [];
  return names
    .map((name) => unlessOver(() => readlinkSync(join(folder, name))) ?? '')
    .filter((path) => path.startsWith('/'));
}
