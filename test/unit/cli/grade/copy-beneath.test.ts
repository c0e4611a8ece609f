import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { copyBeneath } from '../../../../server/cli/grade/copy-beneath.ts';

const top = mkdtempSync(join(tmpdir(), 'gradeport-beneath-'));
afterAll(() => rmSync(top, { recursive: true }));

const SECRET = 'not to be read';
let outside: string;
let student: string;
let target: string;
let count = 0;
beforeEach(() => {
  count += 1;
  const folder = join(top, String(count));
  [outside, student, target] = [join(folder, 'outside'), join(folder, 'student'), join(folder, 'target')];
  for (const place of [outside, student, target]) mkdirSync(place, { recursive: true });
  writeFileSync(join(outside, 'secret'), SECRET);
});

/** Every regular file below a folder, as path → text. */
const filesBelow = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );

describe('a folder that a student wrote', () => {
  test('is copied with its files and folders, whatever their names', async () => {
    mkdirSync(join(student, 'a/b'), { recursive: true });
    writeFileSync(join(student, 'a/b/one'), '1');
    writeFileSync(Buffer.concat([Buffer.from(`${student}/`), Buffer.from([0xff, 0x0a])]), 'odd');
    const copied = await copyBeneath(student, target);
    expect(copied).toEqual({ files: 4, bytes: 4, leftOut: [] });
    expect(readFileSync(join(target, 'a/b/one'), 'utf8')).toBe('1');
    expect(readFileSync(Buffer.concat([Buffer.from(`${target}/`), Buffer.from([0xff, 0x0a])]), 'utf8')).toBe(
      'odd',
    );
  });

  test('is copied without what links lead to, and says which were left out', async () => {
    symlinkSync(join(outside, 'secret'), join(student, 'file'));
    symlinkSync(outside, join(student, 'folder'));
    symlinkSync('/dev/zero', join(student, 'endless'));
    const { leftOut } = await copyBeneath(student, target);
    expect(leftOut.sort()).toEqual(['/endless: a link', '/file: a link', '/folder: a link']);
    expect(readdirSync(target)).toEqual([]);
  });

  test('is not itself a link that somebody put there', async () => {
    symlinkSync(outside, join(student, 'it'));
    await expect(copyBeneath(join(student, 'it'), target)).rejects.toThrow();
  });

  test('never makes us wait at a pipe or open a device', async () => {
    execFileSync('mkfifo', [join(student, 'pipe')]);
    expect((await copyBeneath(student, target)).leftOut).toEqual(['/pipe: no regular file']);
  });

  test('is cut where it is too large, too deep or too many', async () => {
    writeFileSync(join(student, 'sparse'), '');
    truncateSync(join(student, 'sparse'), 2 ** 40);
    const large = await copyBeneath(student, target, null, { files: 10, bytes: 1000, depth: 9 });
    expect(large).toEqual({ files: 1, bytes: 0, leftOut: ['/sparse: too large: cut here'] });
    mkdirSync(join(student, 'd/'.repeat(12)), { recursive: true });
    const place = (name: string) => {
      mkdirSync(join(target, name));
      return join(target, name);
    };
    const deep = await copyBeneath(student, place('deep'), null, { files: 99, bytes: 0, depth: 9 });
    expect(deep.leftOut).toContain(`${'/d'.repeat(9)}: too deep`);
    const many = await copyBeneath(student, place('many'), null, { files: 3, bytes: 0, depth: 99 });
    expect(many.files).toBe(3);
    expect(many.leftOut.at(-1)).toMatch(/too many files$/);
  });
});

/** Swaps a file and a folder for links to what is outside and back, without end. */
const SWAPPER = `
const { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { workerData: { student, outside } } = require('node:worker_threads');
for (;;) {
  writeFileSync(student + '/.file', 'harmless');
  renameSync(student + '/.file', student + '/swapped');
  symlinkSync(outside + '/secret', student + '/.link');
  renameSync(student + '/.link', student + '/swapped');
  mkdirSync(student + '/.folder');
  writeFileSync(student + '/.folder/secret', 'harmless');
  renameSync(student + '/.folder', student + '/place');
  renameSync(student + '/place', student + '/.old');
  symlinkSync(outside, student + '/place');
  rmSync(student + '/place');
  rmSync(student + '/.old', { recursive: true });
}
`;

test('links that are swapped in while it is read lead nowhere', async () => {
  const swapper = new Worker(SWAPPER, { eval: true, workerData: { student, outside } });
  const seen = { links: 0, harmless: 0 };
  try {
    // Until both were met often enough, so that a race was really run.
    for (let round = 0; round < 20_000 && (seen.links < 200 || seen.harmless < 200); round += 1) {
      const here = join(target, String(round));
      mkdirSync(here);
      const { leftOut } = await copyBeneath(student, here);
      const files = Object.values(filesBelow(here));
      expect(files.join()).not.toContain(SECRET);
      if (leftOut.some((entry) => entry.endsWith('a link'))) seen.links += 1;
      if (files.includes('harmless')) seen.harmless += 1;
      rmSync(here, { recursive: true });
    }
  } finally {
    await swapper.terminate();
  }
  expect(seen.links).toBeGreaterThanOrEqual(200);
  expect(seen.harmless).toBeGreaterThanOrEqual(200);
}, 120_000);
