/** Bundles of task folders, over real folders and a real blob store. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createFolderMemory } from '../../../server/adapters/task-files/folder-memory.ts';
import { lookAt } from '../../../server/adapters/task-files/look.ts';
import { createTaskFiles } from '../../../server/adapters/task-files/task-files.ts';
import { unpackInto } from '../../../server/adapters/task-files/unpack.ts';
import type { Store } from '../../../server/ports/store.ts';
import type { TaskFiles } from '../../../server/ports/task-files.ts';
import { tempFolder, tempStore } from '../../support/store/temp-folder.ts';
import { makeTar, type TarEntry } from '../../support/tar-files.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let [root, task, copies]: [string, string, string] = ['', '', ''];
let store: Store;
let files: TaskFiles;
let now = 0;
let warnings: unknown[] = [];
let puts = 0;

beforeEach(async () => {
  root = tempFolder();
  [task, copies] = [join(root, 'course/hello'), join(root, 'data/bundles')];
  mkdirSync(join(task, 'student/deep'), { recursive: true });
  mkdirSync(join(task, 'empty'));
  writeFileSync(join(task, 'run'), '#!/bin/sh\n', { mode: 0o750 });
  writeFileSync(join(task, 'task.yaml'), 'name: Hello\n', { mode: 0o640 });
  writeFileSync(join(task, 'student/deep/é'), 'x = 1\n', { mode: 0o644 });
  symlinkSync('/etc/passwd', join(task, 'link'));
  store = await tempStore(join(root, 'data'));
  [now, warnings, puts] = [Date.now(), [], 0];
  files = open();
});

/** As another process has them. */
function open(): TaskFiles {
  const { blobs } = store;
  const counted = {
    ...blobs,
    put(content: Uint8Array) {
      puts += 1;
      return blobs.put(content);
    },
  };
  const log = { warn: (entry: unknown) => void warnings.push(entry) };
  return createTaskFiles({
    folder: copies,
    unusedMs: DAY,
    log,
    clock: () => now,
    store: { blobs: counted, patient: () => ({ ...store, blobs: counted }) },
  });
}

async function kept(folder = task): Promise<string> {
  const bundle = await files.keep(folder);
  if (bundle === null) throw new Error('not kept');
  return bundle;
}
const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

test('a bundle has the files as they were: contents, modes, empty folders, and links as links', async () => {
  const bundle = await kept();
  rmSync(task, { recursive: true });
  const folder = await files.folder(bundle, task);
  expect(basename(folder)).toBe('hello');
  expect(readFileSync(join(folder, 'student/deep/é'), 'utf8')).toBe('x = 1\n');
  expect([modeOf(join(folder, 'run')), modeOf(join(folder, 'task.yaml'))]).toEqual([0o750, 0o640]);
  expect(readdirSync(join(folder, 'empty'))).toEqual([]);
  expect(readlinkSync(join(folder, 'link'))).toBe('/etc/passwd');
});

test('equal files are one bundle, wherever and whenever they were written', async () => {
  const bundle = await kept();
  const copy = join(root, 'elsewhere/hello');
  execFileSync('cp', ['-a', join(root, 'course'), join(root, 'elsewhere')]);
  writeFileSync(join(copy, 'run'), '#!/bin/sh\n');
  expect(await kept(copy)).toBe(bundle);
  expect(readdirSync(copies)).toEqual([bundle]);
});

test('a folder that did not change is stored once, and one that is touched is no other bundle', async () => {
  const bundles = await Promise.all([kept(), kept()]);
  writeFileSync(join(task, 'run'), '#!/bin/sh\n');
  expect(new Set([...bundles, await kept(), await kept()]).size).toBe(1);
  expect(puts).toBe(1);
});

test('of a folder that changed just now nothing is remembered: its next change may leave no trace', async () => {
  const { stamp = '', changedAt = 0 } = (await lookAt(task)) ?? {};
  const known = { bundle: 'b', stamp, changedAt, entryCount: 1 };
  for (const [later, expected] of [[50, undefined] as const, [200, 'b'] as const]) {
    const memory = createFolderMemory(() => changedAt + later);
    memory.remember(task, known);
    expect(await memory.unchanged(task)).toBe(expected);
  }
});

test.each<[string, () => void]>([
  ['content', () => appendFileSync(join(task, 'run'), 'true\n')],
  ['mode', () => chmodSync(join(task, 'run'), 0o700)],
  ['name', () => writeFileSync(join(task, 'more'), '')],
  ['link', () => [rmSync(join(task, 'link')), symlinkSync('/etc/group', join(task, 'link'))]],
])('another %s is another bundle, at once', async (_, change) => {
  const bundle = await kept();
  change();
  const other = await kept();
  expect(other).not.toBe(bundle);
  expect(existsSync(join(await files.folder(other, null), 'run'))).toBe(true);
  expect(readFileSync(join(await files.folder(bundle, null), 'run'), 'utf8')).toBe('#!/bin/sh\n');
});

test('nothing outside the folder gets into a bundle, and nothing that blocks who reads it', async () => {
  mkdirSync(join(root, 'secret'));
  writeFileSync(join(root, 'secret/key'), 'top secret');
  rmSync(join(task, 'student'), { recursive: true });
  symlinkSync(join(root, 'secret'), join(task, 'student'));
  symlinkSync(join(root, 'secret'), join(task, 'more'));
  execFileSync('mkfifo', [join(task, 'pipe')]);
  const bundle = await kept();
  expect((await store.blobs.get(bundle)).includes('top secret')).toBe(false);
  const folder = await files.folder(bundle, null);
  expect(readdirSync(folder).sort()).toEqual(['empty', 'link', 'more', 'run', 'task.yaml']);
  expect(lstatSync(join(folder, 'more')).isSymbolicLink()).toBe(true);
});

test('a task’s folder may itself be a link, as the catalogue of courses allows', async () => {
  mkdirSync(join(root, 'linked'));
  symlinkSync(task, join(root, 'linked/hello'));
  expect(await kept(join(root, 'linked/hello'))).toBe(await kept());
});

test('another process finds the bundle in the store, also without the folder of copies', async () => {
  const bundle = await kept();
  const paths = [await files.folder(bundle, null), await open().folder(bundle, null)];
  rmSync(copies, { recursive: true });
  const other = open();
  paths.push(...(await Promise.all([other.folder(bundle, null), other.folder(bundle, null)])));
  paths.push(await files.folder(bundle, null));
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(join(paths[0] ?? '', 'run'), 'utf8')).toBe('#!/bin/sh\n');
});

test.each<[string, (copy: string) => void]>([
  ['changed', (copy) => writeFileSync(join(copy, 'run'), '#!/bin/evil\n')],
  ['lacks a file', (copy) => rmSync(join(copy, 'run'))],
  ['is no folder', (copy) => [rmSync(copy, { recursive: true }), writeFileSync(copy, '')]],
  ['is empty', (copy) => rmSync(copy, { recursive: true })],
])('a copy that %s is made anew by the process that opens it', async (_, damage) => {
  const bundle = await kept();
  damage(await files.folder(bundle, null));
  const folder = await open().folder(bundle, null);
  expect(readFileSync(join(folder, 'run'), 'utf8')).toBe('#!/bin/sh\n');
});

const blobOf = (bundle: string) => join(root, 'data/blobs', bundle.slice(0, 2), bundle);

test('a bundle that the store lost, or has damaged, is made anew while the course still has its files', async () => {
  const bundle = await kept();
  const damage = (path: string) => writeFileSync(path, readFileSync(path).fill(1, 0, 10));
  for (const lose of [rmSync, (path: string) => truncateSync(path, 100), damage]) {
    lose(blobOf(bundle));
    rmSync(copies, { recursive: true });
    const folder = await open().folder(bundle, task);
    expect(readFileSync(join(folder, 'run'), 'utf8')).toBe('#!/bin/sh\n');
    expect((await store.blobs.get(bundle)).includes('#!/bin/sh')).toBe(true);
  }
});

test('a lost bundle of files that changed since is refused with a sentence', async () => {
  const bundle = await kept();
  rmSync(blobOf(bundle));
  rmSync(copies, { recursive: true });
  appendFileSync(join(task, 'run'), 'true\n');
  const message = expect.stringMatching(/lost or damaged.*submit again/);
  for (const today of [task, null, join(root, 'nowhere')])
    await expect(open().folder(bundle, today)).rejects.toMatchObject({ code: 'not-found', message });
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
    if (left > 0) appendFileSync(join(task, 'run'), 'true\n');
    left -= 1;
  };
  // Through the thread pool, so that there are turns.
  writeFileSync(join(task, 'large'), Buffer.alloc(2 ** 20));
  const bundle = await during(kept(), change);
  const folder = await files.folder(bundle, null);
  expect(readFileSync(join(folder, 'run'), 'utf8')).toBe(readFileSync(join(task, 'run'), 'utf8'));
});

test('one that does not stop changing is given up, with a sentence', async () => {
  writeFileSync(join(task, 'large'), Buffer.alloc(2 ** 20));
  const keeping = during(files.keep(task), () => appendFileSync(join(task, 'run'), '.'));
  await expect(keeping).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('again'),
  });
});

test('files that are too large, and a folder that is not there, are not kept, which is logged once', async () => {
  truncateSync(join(task, 'run'), 65 * 2 ** 20);
  for (const folder of [task, join(root, 'nowhere'), task]) expect(await files.keep(folder)).toBeNull();
  expect(warnings).toHaveLength(2);
  truncateSync(join(task, 'run'), 0);
  now += 1000;
  expect(await files.keep(task)).not.toBeNull();
});

test('a folder with many files is looked at once a second', async () => {
  for (let count = 0; count < 101; count += 1) writeFileSync(join(task, `f${count}`), '');
  now += 1000;
  const bundle = await kept();
  appendFileSync(join(task, 'f0'), 'more');
  expect(await kept()).toBe(bundle);
  now += 1000;
  expect(await kept()).not.toBe(bundle);
});

test('so many files that looking at them would take long are not kept, either', async () => {
  const { entries } = (await lookAt(task)) ?? { entries: [] };
  // Without the folder itself.
  const most = { bytes: 1000, entries: entries.length - 1 };
  expect(await lookAt(task, most)).not.toBeNull();
  expect(await lookAt(task, { ...most, entries: most.entries - 1 })).toBeNull();
});

test('a bundle that nothing names is removed from store and disk, but not one that is about to be named', async () => {
  const bundle = await kept();
  const named = await kept(copyOf('named'));
  const isNamed = async (one: string) => one === named;
  const later = open();
  expect(await later.prune(isNamed)).toBe(0);
  now += 2 * HOUR;
  // This process may be about to store a submission.
  expect(await files.prune(isNamed)).toBe(0);
  expect(await later.prune(isNamed)).toBe(1);
  expect(readdirSync(copies)).toEqual([named]);
  await expect(store.blobs.get(bundle)).rejects.toMatchObject({ code: 'not-found' });
});

test('a named bundle loses its copy after a day without use, and gets it back from the store', async () => {
  const bundle = await kept();
  now += DAY + HOUR;
  expect(await files.prune(async () => true)).toBe(1);
  expect(readdirSync(copies)).toEqual([]);
  expect(existsSync(join(await files.folder(bundle, null), 'run'))).toBe(true);
  now += DAY - HOUR;
  expect(await files.prune(async () => true)).toBe(0);
});

test('files whose bundle was removed are stored anew when they are handed in to again', async () => {
  const bundle = await kept();
  now += DAY + HOUR;
  const [, again] = await Promise.all([files.prune(async () => false), kept()]);
  expect(again).toBe(bundle);
  expect(await store.blobs.get(bundle)).toBeInstanceOf(Buffer);
  expect(existsSync(join(await files.folder(bundle, null), 'run'))).toBe(true);
});

test('what a killed process did not finish is never taken for a bundle, and goes', async () => {
  const bundle = await kept();
  cpSync(join(copies, bundle), join(copies, 'new-1'), { recursive: true });
  now += 2 * HOUR;
  expect(await open().prune(async () => true)).toBe(1);
  expect(readdirSync(copies)).toEqual([bundle]);
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
  const folder = join(root, 'unpacked');
  mkdirSync(folder);
  await expect(unpackInto(folder, await makeTar(entries))).rejects.toThrow();
  expect(existsSync(join(root, 'evil'))).toBe(false);
});

function copyOf(name: string): string {
  const folder = join(root, 'course', name);
  cpSync(task, folder, { recursive: true });
  return folder;
}
