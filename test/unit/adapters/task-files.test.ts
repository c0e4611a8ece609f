/** What a bundle of a task's folder holds, and when it is another one: over real folders and a real blob store. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolderMemory } from '../../../server/adapters/task-files/folder-memory.ts';
import { lookAt } from '../../../server/adapters/task-files/look.ts';
import { unpackInto } from '../../../server/adapters/task-files/unpack.ts';
import { bundleHouse } from '../../support/store/bundle-house.ts';
import { makeTar, type TarEntry } from '../../support/tar-files.ts';

const house = bundleHouse();
const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

test('a bundle has the files as they were: contents, modes, empty folders, and links as links', async () => {
  const bundle = await house.kept();
  rmSync(house.task, { recursive: true });
  const folder = await house.files.folder(bundle, house.task);
  expect(basename(folder)).toBe('hello');
  expect(readFileSync(join(folder, 'student/deep/é'), 'utf8')).toBe('x = 1\n');
  expect([modeOf(join(folder, 'run')), modeOf(join(folder, 'task.yaml'))]).toEqual([0o750, 0o640]);
  expect(readdirSync(join(folder, 'empty'))).toEqual([]);
  expect(readlinkSync(join(folder, 'link'))).toBe('/etc/passwd');
});

test('equal files are one bundle, wherever and whenever they were written', async () => {
  const bundle = await house.kept();
  const copy = join(house.root, 'elsewhere/hello');
  execFileSync('cp', ['-a', join(house.root, 'course'), join(house.root, 'elsewhere')]);
  writeFileSync(join(copy, 'run'), '#!/bin/sh\n');
  expect(await house.kept(copy)).toBe(bundle);
  expect(readdirSync(house.copies)).toEqual([bundle]);
});

test('a folder that did not change is stored once, and one that is touched is no other bundle', async () => {
  const bundles = await Promise.all([house.kept(), house.kept()]);
  writeFileSync(join(house.task, 'run'), '#!/bin/sh\n');
  expect(new Set([...bundles, await house.kept(), await house.kept()]).size).toBe(1);
  expect(house.puts).toBe(1);
});

test('of a folder that changed just now nothing is remembered: its next change may leave no trace', async () => {
  const { stamp = '', changedAt = 0 } = (await lookAt(house.task)) ?? {};
  const known = { bundle: 'b', stamp, changedAt, entryCount: 1 };
  for (const [later, expected] of [[50, undefined] as const, [200, 'b'] as const]) {
    const memory = createFolderMemory(() => changedAt + later);
    memory.remember(house.task, known);
    expect(await memory.unchanged(house.task)).toBe(expected);
  }
});

test.each<[string, () => void]>([
  ['content', () => appendFileSync(join(house.task, 'run'), 'true\n')],
  ['mode', () => chmodSync(join(house.task, 'run'), 0o700)],
  ['name', () => writeFileSync(join(house.task, 'more'), '')],
  ['link', () => [rmSync(join(house.task, 'link')), symlinkSync('/etc/group', join(house.task, 'link'))]],
])('another %s is another bundle, at once', async (_, change) => {
  const bundle = await house.kept();
  change();
  const other = await house.kept();
  expect(other).not.toBe(bundle);
  expect(existsSync(join(await house.files.folder(other, null), 'run'))).toBe(true);
  expect(readFileSync(join(await house.files.folder(bundle, null), 'run'), 'utf8')).toBe('#!/bin/sh\n');
});

test('nothing outside the folder gets into a bundle, and nothing that blocks who reads it', async () => {
  mkdirSync(join(house.root, 'secret'));
  writeFileSync(join(house.root, 'secret/key'), 'top secret');
  rmSync(join(house.task, 'student'), { recursive: true });
  symlinkSync(join(house.root, 'secret'), join(house.task, 'student'));
  symlinkSync(join(house.root, 'secret'), join(house.task, 'more'));
  execFileSync('mkfifo', [join(house.task, 'pipe')]);
  const bundle = await house.kept();
  expect((await house.store.blobs.get(bundle)).includes('top secret')).toBe(false);
  const folder = await house.files.folder(bundle, null);
  expect(readdirSync(folder).sort()).toEqual(['empty', 'link', 'more', 'run', 'task.yaml']);
  expect(lstatSync(join(folder, 'more')).isSymbolicLink()).toBe(true);
});

test('a link in the place of a task’s folder is a change: no course is read through one', async () => {
  mkdirSync(join(house.root, 'linked'));
  symlinkSync(house.task, join(house.root, 'linked/hello'));
  const keeping = house.files.keep(join(house.root, 'linked/hello'));
  await expect(keeping).rejects.toMatchObject({ code: 'conflict' });
});

/** Calls `change` at every turn of the event loop, until the work is over. */
async function during<T>(work: Promise<T>, change: () => void): Promise<T> {
  let isOver = false;
  const again = () => {
    if (isOver) return;
    change();
    setImmediate(again);
  };
  setImmediate(again);
  return work.finally(() => {
    isOver = true;
  });
}

test('a folder that changes while it is read is read again', async () => {
  let left = 2;
  const change = () => {
    if (left > 0) appendFileSync(join(house.task, 'run'), 'true\n');
    left -= 1;
  };
  // Through the thread pool, so that there are turns.
  writeFileSync(join(house.task, 'large'), Buffer.alloc(2 ** 20));
  const bundle = await during(house.kept(), change);
  const folder = await house.files.folder(bundle, null);
  expect(readFileSync(join(folder, 'run'), 'utf8')).toBe(readFileSync(join(house.task, 'run'), 'utf8'));
});

test('one that does not stop changing is given up, with a sentence', async () => {
  writeFileSync(join(house.task, 'large'), Buffer.alloc(2 ** 20));
  const keeping = during(house.files.keep(house.task), () => appendFileSync(join(house.task, 'run'), '.'));
  await expect(keeping).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('again'),
  });
});

test('files that are too large are not kept, which is logged once', async () => {
  truncateSync(join(house.task, 'run'), 65 * 2 ** 20);
  for (const folder of [house.task, house.task]) expect(await house.files.keep(folder)).toBeNull();
  expect(house.warnings).toHaveLength(1);
  truncateSync(join(house.task, 'run'), 0);
  house.now += 1000;
  expect(await house.files.keep(house.task)).not.toBeNull();
});

test('a folder with many files is looked at once a second', async () => {
  for (let count = 0; count < 101; count += 1) writeFileSync(join(house.task, `f${count}`), '');
  house.now += 1000;
  const bundle = await house.kept();
  appendFileSync(join(house.task, 'f0'), 'more');
  expect(await house.kept()).toBe(bundle);
  house.now += 1000;
  expect(await house.kept()).not.toBe(bundle);
});

test('a folder that is away, as while a course is pulled anew, is asked for again later', async () => {
  const away = `${house.task}-away`;
  renameSync(house.task, away);
  await expect(house.files.keep(house.task)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Nothing was submitted; try again in a moment.'),
  });
  renameSync(away, house.task);
  expect(await house.files.keep(house.task)).not.toBeNull();
});

test('so many files that looking at them would take long are not kept, either', async () => {
  const { entries } = (await lookAt(house.task)) ?? { entries: [] };
  // Without the folder itself.
  const most = { bytes: 1000, entries: entries.length - 1 };
  expect(await lookAt(house.task, most)).not.toBeNull();
  expect(await lookAt(house.task, { ...most, entries: most.entries - 1 })).toBeNull();
});

test.each<[string, TarEntry[]]>([
  ['a name that leads out', [{ name: '../evil', content: 'x' }]],
  ['an absolute name', [{ name: '/evil', content: 'x' }]],
  ['a device', [{ name: 'evil', type: 'character-device' }]],
  [
    'a file behind a link',
    [
      { name: 'out', type: 'symlink', linkname: '..' },
      { name: 'out/evil', content: 'x' },
    ],
  ],
])('%s in a bundle is refused', async (_, entries) => {
  const folder = join(house.root, 'unpacked');
  mkdirSync(folder);
  await expect(unpackInto(folder, await makeTar(entries))).rejects.toThrow();
  expect(existsSync(join(house.root, 'evil'))).toBe(false);
});
