import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBeneath } from '../../../server/courses/read-beneath.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-beneath-'));
  await mkdir(join(folder, 'in/deep'), { recursive: true });
  await mkdir(join(folder, 'in/.git'));
  for (const path of ['in/deep/a.txt', 'in/.git/config', 'in/.hidden', 'secret'])
    await writeFile(join(folder, path), path);
  await symlink('../secret', join(folder, 'in/link'));
  await symlink('deep', join(folder, 'in/folder-link'));
  await symlink('..', join(folder, 'in/up'));
  execFileSync('mkfifo', [join(folder, 'in/pipe')]);
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (path: string, max = 100) =>
  (await readBeneath(join(folder, 'in'), path.split('/'), max))?.toString() ?? null;

test('a file of the folder is read, up to a size', async () => {
  expect(await read('deep/a.txt')).toBe('in/deep/a.txt');
  expect(await read('deep/a.txt', 3)).toBeNull();
});

test('nothing else is: no way out, no link, no pipe, nothing hidden, no folder', async () => {
  const paths = [
    '../secret',
    'deep/../../secret',
    'link',
    'up/secret',
    'folder-link/a.txt',
    'pipe',
    '.hidden',
  ];
  for (const path of [
    ...paths,
    '.git/config',
    'deep',
    'deep/',
    '',
    '/etc/passwd',
    'deep\\a.txt',
    'a\0b',
    'nope',
  ]) {
    expect(await read(path), path).toBeNull();
  }
});
