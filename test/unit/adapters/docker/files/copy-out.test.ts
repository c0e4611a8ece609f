/** A folder of an image as the engine hands it out: an archive that may say anything. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { unpackArchive } from '../../../../../server/adapters/docker/files/copy-out.ts';

const BOUNDS = { maxFiles: 20, maxBytes: 1000 };

function target(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'into'));
  return join(folder, 'into');
}

type Entry = Parameters<tar.Pack['entry']>[0] & { content?: string };

function archive(entries: Entry[]): Readable {
  const pack = tar.pack();
  for (const { content, ...header } of entries) pack.entry(header, content ?? '');
  pack.finalize();
  return Readable.from(pack);
}

test('writes files and folders below the folder that was asked for, and keeps who may be run', async () => {
  const into = target();
  const entries: Entry[] = [
    { name: 'samples/', type: 'directory' },
    { name: 'samples/sum/run', mode: 0o4755, content: '#!/bin/sh' },
    { name: 'samples/sum/task.yaml', mode: 0o666, content: 'name: Sum' },
  ];
  await unpackArchive(archive(entries), into, BOUNDS);
  expect(readFileSync(join(into, 'sum/task.yaml'), 'utf8')).toBe('name: Sum');
  expect(statSync(join(into, 'sum/run')).mode & 0o7777).toBe(0o755);
  expect(statSync(join(into, 'sum/task.yaml')).mode & 0o7777).toBe(0o644);
});

test('leaves out links, special files and names that lead elsewhere', async () => {
  const into = target();
  const entries: Entry[] = [
    { name: 'samples/link', type: 'symlink', linkname: '/etc' },
    { name: 'samples/hard', type: 'link', linkname: '/etc/passwd' },
    { name: 'samples/pipe', type: 'fifo' },
    { name: 'samples/../../out', content: 'x' },
    { name: 'samples/a/../../../out', content: 'x' },
    { name: '/etc/x/../y', content: 'x' },
    { name: `samples/${'d/'.repeat(40)}deep`, content: 'x' },
    { name: 'samples/link/inside', content: 'x' },
  ];
  const { leftOut } = await unpackArchive(archive(entries), into, BOUNDS);
  expect(leftOut).toEqual(expect.arrayContaining(['/link: a link', '/pipe: no regular file']));
  expect(leftOut).toHaveLength(7);
  expect(readdirSync(into)).toEqual(['link']);
  expect(lstatSync(join(into, 'link')).isDirectory()).toBe(true);
  expect(readdirSync(dirname(into))).toEqual(['into']);
});

test('leaves out what is not asked for, and counts it nowhere', async () => {
  const into = target();
  const entries: Entry[] = [
    { name: 'task/', type: 'directory' },
    { name: 'task/run', content: 'x' },
    { name: 'task/student/', type: 'directory' },
    { name: 'task/student/big', content: 'x' },
  ];
  expect(await unpackArchive(archive(entries), into, BOUNDS, 'student')).toEqual({ files: 1, leftOut: [] });
  expect(readdirSync(into)).toEqual(['run']);
});

test.each([
  ['too many files', Array.from({ length: 30 }, (_, index) => ({ name: `s/${index}`, content: 'x' }))],
  ['too many bytes', [{ name: 's/large', content: 'x'.repeat(2000) }]],
])('refuses %s', async (_, entries) => {
  await expect(unpackArchive(archive(entries), target(), BOUNDS)).rejects.toMatchObject({
    code: 'too-large',
  });
});

test('an archive that breaks off is an error, not half a folder', async () => {
  const whole = await archive([{ name: 's/a', content: 'x'.repeat(600) }]).toArray();
  const bytes = Buffer.concat(whole.map((chunk) => Buffer.from(chunk)));
  await expect(unpackArchive(Readable.from([bytes.subarray(0, 700)]), target(), BOUNDS)).rejects.toThrow();
});
