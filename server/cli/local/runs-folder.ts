/** The folders in which commands grade: one for each user of the machine, and in it one for each process. */
import { chmodSync, lstatSync, mkdirSync, type Stats } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot, sweepWorkspaces } from '../../execution/slots/workspace.ts';
import { GradeportError } from '../../rules/errors.ts';
import { isAlive } from '../../rules/processes.ts';

/** Another process may remove the user's empty folder between our two steps: then once more, but not for ever. */
const TRIES = 5;

/** One folder per process; folders of processes that died are removed first. */
export async function openRunsFolder(): Promise<{ path: string } & AsyncDisposable> {
  const all = folderOfUser();
  const own = join(all, String(process.pid));
  claim(all);
  for (const name of await readdir(all)) {
    if (name === String(process.pid) || !isAlive(Number(name))) await takeAway(join(all, name));
  }
  makeWithin(all, own);
  return {
    path: own,
    async [Symbol.asyncDispose]() {
      await takeAway(own);
      // Fails while other processes have folders in it.
      await rmdir(all).catch(() => {});
    },
  };
}

/** Windows has no user ids; its temporary folder is the user's own. */
export function folderOfUser(uid = process.getuid?.()): string {
  return join(tmpdir(), uid === undefined ? 'gradeport-grade' : `gradeport-grade-${uid}`);
}

/**
 * Everyone may write in the temporary folder of a machine, so a folder of this name proves nothing: a link, or a folder
 * that another user made, would hand that user the files of our runs.
 */
function claim(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const info = lstatSync(folder, { throwIfNoEntry: false });
  if (!info) return;
  if (!isOwn(info)) throw foreign(folder, info);
  if (process.getuid && (info.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

const isOwn = (info: Stats): boolean =>
  info.isDirectory() && (process.getuid === undefined || info.uid === process.getuid());

function foreign(folder: string, info: Stats): GradeportError {
  const what = info.isDirectory() ? `belongs to another user (uid ${info.uid})` : 'is not a folder';
  const next = 'Remove it, or name a temporary folder of your own: TMPDIR="$HOME/tmp"';
  return new GradeportError('denied', `${folder} ${what}, and commands of yours grade there. ${next}`);
}

function makeWithin(all: string, own: string): void {
  for (let left = TRIES; ; left -= 1) {
    claim(all);
    try {
      mkdirSync(own, { mode: 0o700 });
      return;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || left === 1) throw error;
    }
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);

/** Only root on Linux mounts anything in it, and what is mounted must be unmounted before it is removed. */
async function takeAway(folder: string): Promise<void> {
  if (process.platform === 'linux' && isRoot()) await sweepWorkspaces(folder);
  await rm(folder, { recursive: true, force: true });
}
