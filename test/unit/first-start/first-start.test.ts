/** A first start that does not come to its end: the next one makes what is missing, and takes nothing half for whole. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { DEMO_COURSE, installDemoCourse } from '../../../server/first-start/demo-course.ts';
import {
  createFirstAccounts,
  readFirstAccounts,
  signInFile,
} from '../../../server/first-start/first-accounts.ts';
import type { Store } from '../../../server/ports/store.ts';
import { canMount, smallDisk } from '../../support/small-disk.ts';
import { tempFolder, tempStore } from '../../support/store/temp-folder.ts';

const ALL = ['operator', 'teacher', 'student', 'student2'];
const names = (accounts: readonly { name: string }[]) => accounts.map(({ name }) => name);
const DEMO = join(PROJECT_FOLDER, 'examples', DEMO_COURSE);
const filesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

/** @returns the way to make room again */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  expect(() => writeFileSync(ballast, Buffer.alloc(2 ** 24))).toThrow('ENOSPC');
  return () => rmSync(ballast);
}

test.runIf(canMount)('accounts whose passwords cannot be kept are not made', async () => {
  const [store, disk] = [await tempStore(tempFolder()), await smallDisk('size=64k')];
  const free = fill(disk);
  await expect(createFirstAccounts(store, disk, Date.now)).rejects.toThrow('ENOSPC');
  expect(await store.users.count({})).toBe(0);
  free();
  expect(names(await createFirstAccounts(store, disk, Date.now))).toEqual(ALL);
  expect(names(await readFirstAccounts(store, disk))).toEqual(ALL);
  expect(readdirSync(disk)).toEqual(['first-sign-in.txt']);
});

test.each([0, 1, 2, 3])(
  'a start that ends after %i accounts is made up for by the next one',
  async (made) => {
    const [store, data] = [await tempStore(tempFolder()), tempFolder()];
    let left = made;
    const users: Store['users'] = {
      ...store.users,
      insert: async (user) => {
        if (left-- === 0) throw new Error('The server was killed.');
        return store.users.insert(user);
      },
    };
    await expect(createFirstAccounts({ ...store, users }, data, Date.now)).rejects.toThrow('killed');
    expect(names(await createFirstAccounts(store, data, Date.now))).toEqual(ALL);
    expect(names(await readFirstAccounts(store, data))).toEqual(ALL);
    expect(await createFirstAccounts(store, data, Date.now)).toEqual([]);
    expect(readFileSync(signInFile(data), 'utf8').trim().split('\n')).toHaveLength(ALL.length);
  },
);

test.runIf(canMount)(
  'a demo course that does not fit is not there, and comes whole once there is room',
  async () => {
    const disk = await smallDisk('size=4m');
    const free = fill(disk);
    // Room for some of its files.
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 ** 22 - 2 ** 16));
    await expect(installDemoCourse(PROJECT_FOLDER, join(disk, 'courses'))).rejects.toThrow('ENOSPC');
    expect(filesIn(join(disk, 'courses'))).toEqual([]);
    free();
    expect(await installDemoCourse(PROJECT_FOLDER, join(disk, 'courses'))).toBe(true);
    expect(filesIn(join(disk, 'courses', DEMO_COURSE))).toEqual(filesIn(DEMO));
    expect(await installDemoCourse(PROJECT_FOLDER, join(disk, 'courses'))).toBe(false);
  },
);
