/**
 * One server per data folder. The lock is a transaction held open on gradeport.guard: the kernel drops it
 * with the process, however it dies, so it is never stale and a reused pid does no harm. gradeport.lock
 * beside it only tells people who holds the lock.
 *
 * Trap: POSIX locks fall when any descriptor of the file is closed in the process that holds them. Nothing
 * else in this process may open gradeport.guard (a backup that copies the folder must leave it out).
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { GradeportError, isNoSpace } from '../../../rules/errors.ts';
import { isAlive } from '../../../rules/processes.ts';
import { explain, isBusy } from '../errors.ts';

const holderSchema = z.object({ pid: z.int(), startedAt: z.string(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;
export type FolderLock = { release(): void };

/** Fails with code "conflict" when another process, or another store in this one, holds the folder. */
export function lockFolder(folder: string, clock: () => number): FolderLock {
  const guard = new DatabaseSync(join(folder, 'gradeport.guard'), { timeout: 0 });
  try {
    // In memory: a journal file left by kill -9 would need an exclusive lock to be rolled back, and space.
    // IMMEDIATE, not EXCLUSIVE: of two servers that start at once one surely wins; two EXCLUSIVE can both fail.
    guard.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
  } catch (error) {
    guard.close();
    throw isBusy(error) ? inUse(folder, error) : explain(error, folder);
  }
  const note = join(folder, 'gradeport.lock');
  tellHolder(note, { pid: process.pid, startedAt: new Date(clock()).toISOString(), host: hostname() });
  return {
    release() {
      // The note goes first: afterwards it could be the next holder's.
      rmSync(note, { force: true });
      guard.close();
    },
  };
}

function tellHolder(note: string, holder: Holder): void {
  try {
    writeFileSync(`${note}.new`, `${JSON.stringify(holder)}\n`);
    renameSync(`${note}.new`, note);
  } catch (error) {
    // The note is a courtesy: a full disk must not keep the server from starting and being looked at.
    if (!isNoSpace(error)) throw error;
    rmSync(`${note}.new`, { force: true });
  }
}

function inUse(folder: string, cause: unknown): GradeportError {
  const holder = holderOf(folder);
  const who = holder ? describe(holder) : 'another process';
  const advice = 'Stop it first, or choose another folder with --data.';
  return new GradeportError('conflict', `The data folder ${folder} is in use by ${who}. ${advice}`, {
    cause,
  });
}

function describe({ pid, startedAt, host }: Holder): string {
  return `process ${pid}${host === hostname() ? '' : ` on ${host}`} (since ${startedAt})`;
}

/** The process that serves this data folder, for programs that only look; null: none is known. */
export const holderOf = (folder: string): Holder | null => readHolder(join(folder, 'gradeport.lock'));

/** null while the holder is still starting: then the note is missing, or still its dead predecessor's. */
function readHolder(note: string): Holder | null {
  try {
    const holder = holderSchema.parse(JSON.parse(readFileSync(note, 'utf8')));
    return holder.host === hostname() && !isAlive(holder.pid) ? null : holder;
  } catch {
    return null;
  }
}
