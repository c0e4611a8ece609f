/** The data folder: made for the user that runs Gradeport, and refused where another user left files in it. */
import { accessSync, constants, lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { GradeportError, isNoSpace } from '../../../rules/errors.ts';
import { noSpace } from '../errors.ts';

const MOST_NAMED = 3;

/** Fails with "denied", naming what this user cannot change, and how that is put right. */
export function makeDataFolder(place: string): void {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (isNoSpace(cause)) throw noSpace(place, cause);
    throw new GradeportError('denied', `The data folder ${place} ${whyNot(place)}`, { cause });
  }
  const foreign = readdirSync(place).filter((name) => !isOurs(join(place, name)));
  if (foreign.length === 0) return;
  const named = foreign.slice(0, MOST_NAMED).join(', ');
  const more = foreign.length > MOST_NAMED ? ` and ${foreign.length - MOST_NAMED} more` : '';
  throw new GradeportError(
    'denied',
    `This user may not change ${named}${more} in the data folder ${place}: another user, such as root, made them. ${advice(place)}`,
  );
}

function whyNot(place: string): string {
  const info = lookAt(place);
  if (!info) return `cannot be made by this user. Choose another folder with --data.`;
  if (!info.isDirectory() && !info.isSymbolicLink()) return 'is a file. Choose another folder with --data.';
  return `cannot be used: it belongs to another user (uid ${info.uid}). ${advice(place)}`;
}

/** undefined: it is not there, or what is above it hides it. */
function lookAt(place: string): Stats | undefined {
  try {
    return lstatSync(place);
  } catch {
    return undefined;
  }
}

/** A link is followed: operators put single files on other disks. Where it leads nowhere, nothing is in the way. */
function isOurs(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

const advice = (place: string): string =>
  `Give it to this user: sudo chown -R ${userName()} ${place}. Or choose another folder with --data.`;

/** A user without an entry in the list of users, as in some containers, has a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '<user>');
  }
}
