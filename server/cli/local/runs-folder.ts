/** The folders in which commands grade: one for each user of the machine, and in it one for each process. */
import { chmodSync, lstatSync, mkdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sweepWorkspaces } from '../../execution/slots/places/workspace.ts';
import { GradeportError } from '../../rules/errors.ts';
import { isAlive } from '../../rules/processes.ts';

/** Another process may remove the user's empty folder between our two steps: then once more, but not for ever. */
const TRIES = 5;

/** One folder per process; folders of processes that died are removed first. */
export async function openRunsFolder(): Promise<{ path: string } & AsyncDisposable> {
  checkAbove(realpathSync(tmpdir()));
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
 * A user who may rename a folder above ours can put a link in its place between two of our steps, and what we remove is
 * then theirs to choose.
 */
function checkAbove(folder: string): void {
  if (isOthers(statSync(folder))) {
    const next = 'Name a temporary folder of your own: TMPDIR="$HOME/tmp"';
    const sentence = `In ${folder} other users can rename folders, so commands cannot grade below it. ${next}`;
    throw new GradeportError('denied', sentence);
  }
  if (dirname(folder) !== folder) checkAbove(dirname(folder));
}

/** Where the sticky bit is set, only the owner of the folder and of what is in it may rename that. */
const STICKY = 0o1000;

function isOthers({ uid, gid, mode }: Stats): boolean {
  if (process.getuid === undefined) return false;
  if (uid !== 0 && uid !== process.getuid()) return true;
  const byGroup = (mode & 0o020) !== 0 && gid !== process.getgid?.();
  return (mode & STICKY) === 0 && (byGroup || (mode & 0o002) !== 0);
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

/** What cannot be removed stays: it keeps no command from its work. */
async function takeAway(folder: string): Promise<void> {
  await sweepWorkspaces(folder);
  await rmdir(folder).catch(() => {});
}
