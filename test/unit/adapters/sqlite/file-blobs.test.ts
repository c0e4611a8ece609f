import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileBlobs } from '../../../../server/adapters/sqlite/file-blobs.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

async function withOne() {
  const folder = tempFolder();
  const blobs = createFileBlobs(folder, 1000);
  const key = await blobs.put(Buffer.from('content'));
  return { blobs, key, file: join(folder, 'blobs', key.slice(0, 2), key) };
}

test('lies under its hash, readable by us alone, with no draft beside it', async () => {
  const { key, file } = await withOne();
  expect(key).toBe('ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file))).toEqual([key]);
});

test('refuses more than its limit, and leaves nothing behind', async () => {
  const folder = tempFolder();
  const blobs = createFileBlobs(folder, 10);
  await expect(blobs.put(Buffer.alloc(11))).rejects.toMatchObject({ code: 'too-large' });
  expect(readdirSync(folder)).toEqual([]);
  await blobs.put(Buffer.alloc(10));
});

test('tells damaged content apart, and a new put repairs a cut file', async () => {
  const { blobs, key, file } = await withOne();
  writeFileSync(file, 'CONTENT');
  await expect(blobs.get(key)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('damaged'),
  });
  writeFileSync(file, 'con');
  await blobs.put(Buffer.from('content'));
  expect(String(await blobs.get(key))).toBe('content');
});

test('follows no link and reads no folder', async () => {
  const { blobs, key, file } = await withOne();
  rmSync(file);
  symlinkSync('/etc/hostname', file);
  await expect(blobs.get(key)).rejects.toMatchObject({ code: 'not-found' });
  rmSync(file);
  mkdirSync(file);
  await expect(blobs.get(key)).rejects.toMatchObject({ code: 'not-found' });
});
