/** Gradeport's own packages in a file for a machine without a network: out of one checkout, into another. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { exportPack } from '../../../server/environments/archives/export-pack.ts';
import { openPack } from '../../../server/environments/archives/open-pack.ts';
import { installedPackages } from '../../../server/environments/archives/packages-part.ts';
import type { SharingDeps } from '../../../server/environments/registries/sharing-deps.ts';
import { unpackPackages } from '../../../setup/offline-packages.mjs';
import { tempFolder } from '../../support/store/temp-folder.ts';

const LOCK = JSON.stringify({
  packages: {
    '': {},
    'node_modules/used': {},
    'node_modules/@a/tool': { dev: true },
    'node_modules/vitest': { dev: true },
  },
});
const HASH = createHash('sha256').update(LOCK).digest('hex');
const never = new AbortController().signal;

function put(folder: string, path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
  chmodSync(join(folder, path), mode);
}

/** Blanks in its path, as home folders on a Mac have them. */
function checkout(): string {
  const folder = join(tempFolder(), 'a check out');
  put(folder, 'package-lock.json', LOCK);
  return folder;
}

function installed(): string {
  const folder = checkout();
  put(folder, 'node_modules/.gradeport-lock', `${HASH}\n`);
  put(folder, 'node_modules/.cache/big', 'x');
  put(folder, 'node_modules/used/index.js', 'used');
  put(folder, 'node_modules/used/bin/run', '#!/bin/sh\n', 0o700);
  put(folder, 'node_modules/vitest/vitest.mjs', 'tests');
  put(folder, 'node_modules/@a/tool/x.js', 'tool');
  mkdirSync(join(folder, 'node_modules/.bin'));
  symlinkSync('../used/bin/run', join(folder, 'node_modules/.bin/run'));
  symlinkSync('../vitest/vitest.mjs', join(folder, 'node_modules/.bin/vitest'));
  symlinkSync('../@a/tool/x.js', join(folder, 'node_modules/.bin/tool'));
  return folder;
}

async function exported(from: string): Promise<string> {
  const file = join(tempFolder(), 'gradeport.tar');
  const packages = await installedPackages(from);
  const request = { names: [], packages, file, by: null, gradeport: '9.9.9', at: new Date() };
  // No image is asked for, so no engine is.
  await exportPack({} as SharingDeps, request, { line: () => {}, progress: () => {} }, never);
  return file;
}

test('what the server needs arrives, with its programs, and nothing that only developers need', async () => {
  const file = await exported(installed());
  const there = checkout();
  expect(await unpackPackages(file, there)).toBe(true);
  const modules = join(there, 'node_modules');
  expect(readdirSync(modules).sort()).toEqual(['.bin', '.gradeport-lock', 'used']);
  expect(readdirSync(join(modules, '.bin'))).toEqual(['run']);
  expect(readlinkSync(join(modules, '.bin/run'))).toBe('../used/bin/run');
  expect(statSync(join(modules, 'used/bin/run')).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(modules, '.gradeport-lock'), 'utf8')).toBe(`${HASH} without development\n`);
  expect(readdirSync(there).sort()).toEqual(['node_modules', 'package-lock.json']);
  expect((await openPack(file, never)).header.packages).toMatchObject({ arch: process.arch, lock: HASH });
});

test('packages that are there already are left alone', async () => {
  const there = checkout();
  mkdirSync(join(there, 'node_modules'));
  expect(await unpackPackages('/nowhere.tar', there)).toBe(false);
});

test('packages of another version are refused, and nothing is left of them', async () => {
  const file = await exported(installed());
  const there = checkout();
  writeFileSync(join(there, 'package-lock.json'), `${LOCK} `);
  await expect(unpackPackages(file, there)).rejects.toThrow('another version of Gradeport (9.9.9)');
  expect(readdirSync(there)).toEqual(['package-lock.json']);
});

test('packages of which one byte is another are refused', async () => {
  const file = await exported(installed());
  const bytes = readFileSync(file);
  // The gzip stream begins with its magic number.
  const at = bytes.indexOf(Buffer.from([0x1f, 0x8b])) + 200;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
  const there = checkout();
  await expect(unpackPackages(file, there)).rejects.toThrow('were changed or are damaged');
  await expect(openPack(file, never)).rejects.toThrow(
    'packages.tar.gz is missing, was changed or is damaged',
  );
  expect(existsSync(join(there, 'node_modules'))).toBe(false);
});

test('a file without packages says how one with them is made', async () => {
  const file = join(tempFolder(), 'x.tar');
  writeFileSync(file, 'no archive');
  await expect(unpackPackages(file, checkout())).rejects.toMatchObject({
    message: expect.stringContaining('has no packages of Gradeport in it'),
    next: expect.stringContaining('env export --all --packages'),
  });
});

test('packages that are not those of the lock file are not exported', async () => {
  const folder = installed();
  writeFileSync(join(folder, 'package-lock.json'), `${LOCK} `);
  await expect(installedPackages(folder)).rejects.toMatchObject({ code: 'not-found' });
});
