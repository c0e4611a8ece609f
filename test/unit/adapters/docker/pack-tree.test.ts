/** A folder for the engine: its content decides about its hash, and none of its links is followed. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { expect, test } from 'vitest';
import { treeOf } from '../../../../server/adapters/docker/volumes/pack-tree.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

function folderWith(files: Record<string, string>): string {
  const folder = tempFolder();
  mkdirSync(join(folder, 'deep'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
const FILES = { 'deep/a': '1', b: '22' };
const hashOf = async (folder: string) => (await treeOf(folder)).hash();

test('the same files have one hash, wherever and whenever they were written', async () => {
  const [one, other] = [folderWith(FILES), folderWith(FILES)];
  utimesSync(join(other, 'b'), 1, 1);
  chmodSync(join(other, 'b'), 0o600);
  expect(await hashOf(one)).toBe(await hashOf(other));
});

test.each<[string, (folder: string) => void]>([
  ['content', (folder) => writeFileSync(join(folder, 'b'), '23')],
  ['a name', (folder) => writeFileSync(join(folder, 'c'), '')],
  ['a folder', (folder) => mkdirSync(join(folder, 'empty'))],
  ['a link', (folder) => symlinkSync('b', join(folder, 'link'))],
  ['a program that was a file', (folder) => chmodSync(join(folder, 'b'), 0o755)],
  ['fewer files', (folder) => rmSync(join(folder, 'b'))],
])('another hash comes with %s', async (_, change) => {
  const folder = folderWith(FILES);
  const before = await treeOf(folder);
  const hash = await before.hash();
  change(folder);
  expect((await treeOf(folder)).stamp).not.toBe(before.stamp);
  expect(await hashOf(folder)).not.toBe(hash);
});

test('everybody may read what is packed, links stay links, and the owner is root', async () => {
  const folder = folderWith(FILES);
  chmodSync(join(folder, 'b'), 0o600);
  symlinkSync('/etc/shadow', join(folder, 'link'));
  const found: object[] = [];
  const extract = tar.extract();
  Readable.from((await treeOf(folder)).pack((error) => expect.unreachable(String(error)))).pipe(extract);
  for await (const entry of extract) {
    const { name, type, mode, uid, linkname } = entry.header;
    found.push({ name, type, mode, uid, linkname });
    entry.resume();
  }
  expect(found).toEqual([
    { name: 'b', type: 'file', mode: 0o644, uid: 0, linkname: null },
    { name: 'deep', type: 'directory', mode: 0o755, uid: 0, linkname: null },
    { name: 'deep/a', type: 'file', mode: 0o644, uid: 0, linkname: null },
    { name: 'link', type: 'symlink', mode: 0o777, uid: 0, linkname: '/etc/shadow' },
  ]);
});

test('a file that changes while it is packed is reported', async () => {
  const folder = folderWith(FILES);
  const tree = await treeOf(folder);
  writeFileSync(join(folder, 'b'), 'longer than before');
  const failed = Promise.withResolvers<unknown>();
  tree.pack(failed.resolve).resume();
  expect(await failed.promise).toMatchObject({ code: 'conflict' });
});
