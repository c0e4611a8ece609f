/** Free space on the disks: bytes and files. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytesText } from '../../text/quantities.ts';
import { type Check, fail, ok, warn } from './check.ts';

const GIB = 2 ** 30;
/** Building one environment takes a gigabyte or two; a server that only writes verdicts needs almost nothing. */
const LITTLE_BYTES = 2 * GIB;
const TOO_LITTLE_BYTES = GIB / 4;
const LITTLE_FILES = 20_000;
const TOO_LITTLE_FILES = 1000;

const ADVICE = 'Free some: "docker image prune" removes images without a name.';

/** A folder that does not exist yet will be on the disk of its nearest existing parent. */
export function nearest(folder: string): string {
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  return place;
}

/** @param what what the space is for, as part of the check's name: "data", "images" */
export async function roomChecks(what: string, folder: string): Promise<Check[]> {
  const { bavail, bsize, files, ffree } = await statfs(nearest(folder));
  const free = bavail * bsize;
  const room = `${bytesText(free)} are free for ${folder}.`;
  return [
    judge(`disk (${what})`, free, [LITTLE_BYTES, TOO_LITTLE_BYTES], room),
    // Some file systems have no fixed number of files.
    files === 0
      ? ok(`files (${what})`, 'This file system has no limit of files.')
      : judge(
          `files (${what})`,
          ffree,
          [LITTLE_FILES, TOO_LITTLE_FILES],
          `${ffree} more files can be made there.`,
        ),
  ];
}

function judge(check: string, free: number, [little, tooLittle]: [number, number], sentence: string): Check {
  if (free < tooLittle) return fail(check, sentence, ADVICE);
  return free < little ? warn(check, sentence, ADVICE) : ok(check, sentence);
}
