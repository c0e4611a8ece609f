/** Bundles that are lost, damaged, or of no use any more: over real folders and a real blob store. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleHouse, DAY_MS, HOUR_MS } from '../../support/store/bundle-house.ts';

const house = bundleHouse();

test.each<[string, (copy: string) => void]>([
  ['changed', (copy) => writeFileSync(join(copy, 'run'), '#!/bin/evil\n')],
  ['lacks a file', (copy) => rmSync(join(copy, 'run'))],
  ['is no folder', (copy) => [rmSync(copy, { recursive: true }), writeFileSync(copy, '')]],
  ['is empty', (copy) => rmSync(copy, { recursive: true })],
])('a copy that %s is made anew by the process that opens it', async (_, damage) => {
  const bundle = await house.kept();
  damage(await house.files.folder(bundle, null));
  const folder = await house.open().folder(bundle, null);
  expect(readFileSync(join(folder, 'run'), 'utf8')).toBe('#!/bin/sh\n');
});

const blobOf = (bundle: string) => join(house.root, 'data/blobs', bundle.slice(0, 2), bundle);

test('another process finds the bundle in the house.store, also without the folder of copies', async () => {
  const bundle = await house.kept();
  const paths = [await house.files.folder(bundle, null), await house.open().folder(bundle, null)];
  rmSync(house.copies, { recursive: true });
  const other = house.open();
  paths.push(...(await Promise.all([other.folder(bundle, null), other.folder(bundle, null)])));
  paths.push(await house.files.folder(bundle, null));
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(join(paths[0] ?? '', 'run'), 'utf8')).toBe('#!/bin/sh\n');
});

test('a bundle that the store lost, or has damaged, is made anew while the course still has its files', async () => {
  const bundle = await house.kept();
  const damage = (path: string) => writeFileSync(path, readFileSync(path).fill(1, 0, 10));
  for (const lose of [rmSync, (path: string) => truncateSync(path, 100), damage]) {
    lose(blobOf(bundle));
    rmSync(house.copies, { recursive: true });
    const folder = await house.open().folder(bundle, house.task);
    expect(readFileSync(join(folder, 'run'), 'utf8')).toBe('#!/bin/sh\n');
    expect((await house.store.blobs.get(bundle)).includes('#!/bin/sh')).toBe(true);
  }
});

test('a lost bundle of files that changed since is refused with a sentence', async () => {
  const bundle = await house.kept();
  rmSync(blobOf(bundle));
  rmSync(house.copies, { recursive: true });
  appendFileSync(join(house.task, 'run'), 'true\n');
  const message = expect.stringMatching(/lost or damaged.*submit again/);
  for (const today of [house.task, null, join(house.root, 'nowhere')])
    await expect(house.open().folder(bundle, today)).rejects.toMatchObject({ code: 'not-found', message });
});

test('a bundle that nothing names is removed from store and disk, but not one that is about to be named', async () => {
  const bundle = await house.kept();
  const named = await house.kept(copyOf('named'));
  const isNamed = async (one: string) => one === named;
  const later = house.open();
  expect(await later.prune(isNamed)).toBe(0);
  house.now += 2 * HOUR_MS;
  // This process may be about to store a submission.
  expect(await house.files.prune(isNamed)).toBe(0);
  expect(await later.prune(isNamed)).toBe(1);
  expect(readdirSync(house.copies)).toEqual([named]);
  await expect(house.store.blobs.get(bundle)).rejects.toMatchObject({ code: 'not-found' });
});

test('a named bundle loses its copy after a day without use, and gets it back from the store', async () => {
  const bundle = await house.kept();
  house.now += DAY_MS + HOUR_MS;
  expect(await house.files.prune(async () => true)).toBe(1);
  expect(readdirSync(house.copies)).toEqual([]);
  expect(existsSync(join(await house.files.folder(bundle, null), 'run'))).toBe(true);
  house.now += DAY_MS - HOUR_MS;
  expect(await house.files.prune(async () => true)).toBe(0);
});

test('files whose bundle was removed are stored anew when they are handed in to again', async () => {
  const bundle = await house.kept();
  house.now += DAY_MS + HOUR_MS;
  const [, again] = await Promise.all([house.files.prune(async () => false), house.kept()]);
  expect(again).toBe(bundle);
  expect(await house.store.blobs.get(bundle)).toBeInstanceOf(Buffer);
  expect(existsSync(join(await house.files.folder(bundle, null), 'run'))).toBe(true);
});

test('what a killed process did not finish is never taken for a bundle, and goes', async () => {
  const bundle = await house.kept();
  cpSync(join(house.copies, bundle), join(house.copies, 'new-1'), { recursive: true });
  house.now += 2 * HOUR_MS;
  expect(await house.open().prune(async () => true)).toBe(1);
  expect(readdirSync(house.copies)).toEqual([bundle]);
});

function copyOf(name: string): string {
  const folder = join(house.root, 'course', name);
  cpSync(house.task, folder, { recursive: true });
  return folder;
}
