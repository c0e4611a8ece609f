/** The mark of a data folder: incoming/mark.json, beside the database that is being filled. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GradeportError } from '../../../rules/errors.ts';
import { halfDone, type Mark, markSchema } from '../../documents/mark.ts';

export const incomingFolder = (folder: string): string => join(folder, 'incoming');
const markFile = (folder: string): string => join(incomingFolder(folder), 'mark.json');

/** null: no import is under way. */
export function readSqliteMark(folder: string): Mark | null {
  const file = markFile(folder);
  if (!existsSync(file)) return null;
  try {
    return markSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const message = `${file} cannot be read. Give up what is half done: gradeport store abandon ${folder}`;
    throw new GradeportError('conflict', message, { cause });
  }
}

export function refuseHalfDone(folder: string): void {
  const mark = readSqliteMark(folder);
  if (mark) throw halfDone(folder, mark);
}

/** The mark is on disk when this returns: the next step relies on it. */
export function writeSqliteMark(folder: string, mark: Mark): void {
  const place = incomingFolder(folder);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const file = markFile(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(mark)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  for (const each of [place, folder]) syncEntry(each);
}

export function syncEntry(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
