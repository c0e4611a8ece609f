/** The folders in which commands grade: each user of a machine has one of their own, gone with the last command. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { folderOfUser, openRunsFolder } from '../../../../server/cli/local/runs-folder.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

afterEach(() => void vi.unstubAllEnvs());

/** No process has a number so high: proc(5), pid_max. */
const DEAD = String(2 ** 22 + 1);

function inTemporaryFolder(): { temporary: string; all: string } {
  const temporary = tempFolder();
  vi.stubEnv('TMPDIR', temporary);
  return { temporary, all: folderOfUser() };
}

test('nothing is left in the temporary folder', async () => {
  const { temporary } = inTemporaryFolder();
  {
    await using folder = await openRunsFolder();
    expect(existsSync(folder.path)).toBe(true);
  }
  expect(readdirSync(temporary)).toEqual([]);
});

test('the folder of a process that lives stays, that of a dead one goes', async () => {
  const { all } = inTemporaryFolder();
  for (const pid of [DEAD, String(process.ppid)]) mkdirSync(join(all, pid), { recursive: true });
  {
    await using folder = await openRunsFolder();
    expect(readdirSync(all).sort()).toEqual([String(process.ppid), folder.path.split('/').at(-1)].sort());
  }
  expect(readdirSync(all)).toEqual([String(process.ppid)]);
});

test('two users of a machine have two folders, whatever an older Gradeport of another user left', async () => {
  const { temporary } = inTemporaryFolder();
  expect(folderOfUser(1000)).not.toBe(folderOfUser(1001));
  // Up to 0.3.0 this was the folder of all users, and the first of them owned it.
  writeFileSync(join(temporary, 'gradeport-grade'), '', { mode: 0 });
  await using folder = await openRunsFolder();
  expect(folder.path.startsWith(`${folderOfUser()}/`)).toBe(true);
});

test('only its owner may look into it, also if others could before', async () => {
  const { all } = inTemporaryFolder();
  mkdirSync(all, { mode: 0o777 });
  await using folder = await openRunsFolder();
  for (const place of [all, folder.path]) expect(statSync(place).mode & 0o777).toBe(0o700);
});

test('a link in its place is refused with what to do, and nothing is made behind it', async () => {
  const { all, temporary } = inTemporaryFolder();
  const elsewhere = join(temporary, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, all);
  await expect(openRunsFolder()).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringMatching(/is not a folder.*TMPDIR=/),
  });
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('a folder of another user in its place is refused with what to do', async () => {
  inTemporaryFolder();
  vi.spyOn(process, 'getuid').mockReturnValue((process.getuid?.() ?? 0) + 1);
  mkdirSync(folderOfUser());
  try {
    await expect(openRunsFolder()).rejects.toThrow(/belongs to another user \(uid \d+\)/);
  } finally {
    vi.restoreAllMocks();
  }
});

test.runIf(process.getuid?.() === 0).each([
  ['everybody may rename what is in it', (folder: string) => chmodSync(folder, 0o777)],
  [
    'a group of others may rename what is in it',
    (folder: string) => {
      chownSync(folder, 0, 4242);
      chmodSync(folder, 0o770);
    },
  ],
  ['it is another user’s', (folder: string) => chownSync(folder, 4242, 4242)],
])('a temporary folder is refused with what to do when %s, and nothing in it is removed', async (_, make) => {
  const { temporary, all } = inTemporaryFolder();
  const theirs = join(all, DEAD, 'file');
  mkdirSync(join(all, DEAD), { recursive: true });
  writeFileSync(theirs, '');
  const below = join(temporary, 'below');
  mkdirSync(below);
  make(temporary);
  for (const folder of [temporary, below]) {
    vi.stubEnv('TMPDIR', folder);
    await expect(openRunsFolder()).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/other users.*TMPDIR=/),
    });
  }
  expect(existsSync(theirs)).toBe(true);
});

test('a folder in which everybody may make files, and only their owners rename them, is fine', async () => {
  const { temporary } = inTemporaryFolder();
  chmodSync(temporary, 0o1777);
  await using folder = await openRunsFolder();
  expect(existsSync(folder.path)).toBe(true);
});

test('a file or a pipe in its place is refused at once, and stays', async () => {
  for (const make of [
    (at: string) => writeFileSync(at, 'kept'),
    (at: string) => execFileSync('mkfifo', [at]),
  ]) {
    const { all } = inTemporaryFolder();
    make(all);
    await expect(openRunsFolder()).rejects.toMatchObject({ code: 'denied' });
    expect(lstatSync(all).isDirectory()).toBe(false);
  }
});

test('a link to a folder within it, and one to the folder of a process that lives, are removed as links', async () => {
  const { temporary } = inTemporaryFolder();
  const elsewhere = join(temporary, 'elsewhere');
  mkdirSync(join(elsewhere, 'precious'), { recursive: true });
  const first = await openRunsFolder();
  symlinkSync(elsewhere, join(first.path, 'r1'));
  symlinkSync(elsewhere, join(folderOfUser(), DEAD));
  await first[Symbol.asyncDispose]();
  await using second = await openRunsFolder();
  expect(existsSync(second.path)).toBe(true);
  expect(existsSync(join(elsewhere, 'precious'))).toBe(true);
});
