/** The data folder. */
import { accessSync, constants } from 'node:fs';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, fail, ok, sentenceOf, warn } from './check.ts';
import { nearest } from './room.ts';

/** File systems by their statfs(2) number (linux/magic.h). */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
]);
const PASSING = new Map([
  [0x01021994, 'in memory: it is empty after a restart of the machine'],
  [0x858458f6, 'in memory: it is empty after a restart of the machine'],
  [0x794c7630, 'a layer of a container or a live system: it may go with that'],
]);

export async function dataChecks(folder: string): Promise<Check[]> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return [notThere(folder)];
  if (!found.isDirectory()) {
    return [fail('data folder', `${folder} is a file.`, 'Choose another folder with --data.')];
  }
  return [
    await writeCheck(folder),
    permissionCheck(folder, found.mode),
    fileSystemCheck((await statfs(folder)).type >>> 0),
  ];
}

function notThere(folder: string): Check {
  const place = nearest(folder);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return ok('data folder', `${folder} is made at the first start.`);
  } catch {
    const next = 'Make it for the user that runs Gradeport, or choose another with --data.';
    return fail('data folder', `${folder} is not there and cannot be made in ${place}.`, next);
  }
}

/** Writes a file to find out: a disk may be full, or mounted read-only. */
async function writeCheck(folder: string): Promise<Check> {
  const path = join(folder, `.doctor-${process.pid}`);
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile('x');
    await file.sync();
    return ok('data folder', `${folder} can be written to.`);
  } catch (error) {
    const next = 'Give it to the user that runs Gradeport, and see that its disk has room.';
    return fail('data folder', `Nothing can be written in ${folder}: ${sentenceOf(error)}.`, next);
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}

function permissionCheck(folder: string, mode: number): Check {
  const others = mode & 0o077;
  const shown = (mode & 0o777).toString(8);
  return (others & 0o022) === 0
    ? others === 0
      ? ok('data permissions', `Only its owner may look into it (${shown}).`)
      : warn(
          'data permissions',
          `Others on this machine may look into ${folder} (${shown}): answers of students are in it.`,
          `chmod 700 ${folder}`,
        )
    : fail(
        'data permissions',
        `Other users of this machine may write into ${folder} (${shown}): each of them is an operator.`,
        `chmod 700 ${folder}`,
      );
}

export function fileSystemCheck(type: number): Check {
  const check = 'data file system';
  const network = NETWORK.get(type);
  if (network !== undefined) {
    const sentence = `It is on ${network}: the database's locks and memory do not work over a network.`;
    return fail(check, sentence, 'Put the data folder on a disk of this machine; keep backups over there.');
  }
  const passing = PASSING.get(type);
  return passing === undefined
    ? ok(check, `A disk of this machine (type 0x${type.toString(16)}).`)
    : warn(check, `It is ${passing}.`, 'Put the data folder on a disk, with --data.');
}
