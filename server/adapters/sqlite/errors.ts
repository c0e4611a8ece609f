/** What SQLite says, in words that a person can act on. */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';

const BUSY = 5;
const IO_ERROR = 10;
const DAMAGED = 11;
const FULL = 13;
const NO_DATABASE = 26;
/** Primary key and unique index. */
const TAKEN = [1555, 2067];

/** SQLite's extended result code; its lowest byte is the kind. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;

export const isBusy = (error: unknown): boolean => (codeOf(error) & 0xff) === BUSY;
export const isTaken = (error: unknown): boolean => TAKEN.includes(codeOf(error));

export function noSpace(folder: string, cause: unknown): GradeportError {
  const message = `The disk that holds ${folder} is full: free some space on it, then try again.`;
  return new GradeportError('no-space', message, { cause });
}

/** Explains errors of the whole database; returns others unchanged. */
export function explain(error: unknown, folder: string): unknown {
  const kind = codeOf(error) & 0xff;
  // A full disk often shows as a mere "disk I/O error" (the shared-memory file, fsync on some file systems).
  if (kind === FULL || isNoSpace(error) || (kind === IO_ERROR && isFull(folder)))
    return noSpace(folder, error);
  if (kind === BUSY) {
    const message = `Another program keeps the database in ${folder} busy: try again, or stop that program.`;
    return new GradeportError('busy', message, { cause: error });
  }
  if (kind === DAMAGED || kind === NO_DATABASE) {
    const message = `${join(folder, 'gradeport.db')} is damaged, or not a database: restore it from a backup.`;
    return new GradeportError('internal', message, { cause: error });
  }
  return error;
}

const isFull = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < 2 ** 20;
};
