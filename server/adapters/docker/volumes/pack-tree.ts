/**
 * The files of a folder, as a hash of their content and as a tar for the engine. Links are packed as links and none is
 * followed; other special files stay out. Everybody in a container may read what is packed, and only root may change it.
 */
import { createHash } from 'node:crypto';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import tar from 'tar-stream';
import { GradeportError } from '../../../rules/errors.ts';
import { AS_IT_IS } from '../../../rules/open-flags.ts';
import { bytesText } from '../../../text/quantities.ts';

const MAX_ENTRIES = 100_000;
const MAX_BYTES = 512 * 2 ** 20;

type Entry = { path: string; mode: number; stamp: string } & (
  | { kind: 'folder' }
  | { kind: 'link'; target: string }
  | { kind: 'file'; size: number }
);

export type Tree = {
  /** Changes with every change of a file, and is quick to get. */
  stamp: string;
  /** Of names, modes and content. */
  hash(): Promise<string>;
  pack(failed: (error: unknown) => void): tar.Pack;
};

export async function treeOf(folder: string): Promise<Tree> {
  const entries = await entriesOf(folder);
  return {
    stamp: JSON.stringify([folder, entries.map(({ path, stamp }) => [path, stamp])]),
    hash: () => hashOf(folder, entries),
    pack(failed) {
      const pack = tar.pack();
      packInto(pack, folder, entries).catch(failed);
      return pack;
    },
  };
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const found: Entry[] = [];
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    const names = await readdir(join(folder, below));
    for (const name of names.sort()) {
      const path = join(below, name);
      const entry = await entryAt(folder, path);
      if (entry === null) continue;
      found.push(entry);
      bytes += entry.kind === 'file' ? entry.size : 0;
      if (found.length > MAX_ENTRIES || bytes > MAX_BYTES) throw tooLarge(folder);
      if (entry.kind === 'folder') await walk(path);
    }
  };
  await walk('');
  return found;
}

async function entryAt(folder: string, path: string): Promise<Entry | null> {
  const info = await lstat(join(folder, path), { bigint: true });
  const stamp = [info.mode, info.size, info.mtimeNs, info.ctimeNs, info.ino].join();
  const executable = (info.mode & 0o111n) !== 0n;
  if (info.isDirectory()) return { kind: 'folder', path, stamp, mode: 0o755 };
  if (info.isSymbolicLink())
    return { kind: 'link', path, stamp, mode: 0o777, target: await readlink(join(folder, path)) };
  if (!info.isFile()) return null;
  return { kind: 'file', path, stamp, mode: executable ? 0o755 : 0o644, size: Number(info.size) };
}

async function hashOf(folder: string, entries: readonly Entry[]): Promise<string> {
  const all = createHash('sha256');
  for (const entry of entries) {
    const { kind, path, mode } = entry;
    const what = kind === 'link' ? entry.target : kind === 'file' ? await hashOfFile(folder, entry) : '';
    all.update(`${JSON.stringify([kind, path, mode, what])}\n`);
  }
  return all.digest('hex');
}

const hashOfFile = async (folder: string, entry: FileEntry): Promise<string> =>
  createHash('sha256')
    .update(await contentOf(folder, entry))
    .digest('hex');

type FileEntry = Extract<Entry, { kind: 'file' }>;

async function contentOf(folder: string, { path, size }: FileEntry): Promise<Buffer> {
  await using handle = await open(join(folder, path), AS_IT_IS);
  const info = await handle.stat();
  if (info.isFile() && info.size === size) return await handle.readFile();
  throw new GradeportError('conflict', `${join(folder, path)} is changing right now; try again in a moment.`);
}

async function packInto(pack: tar.Pack, folder: string, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    const header = { name: entry.path, mode: entry.mode, uid: 0, gid: 0 };
    if (entry.kind === 'folder') pack.entry({ ...header, type: 'directory' });
    else if (entry.kind === 'link') pack.entry({ ...header, type: 'symlink', linkname: entry.target });
    else pack.entry(header, await contentOf(folder, entry));
  }
  pack.finalize();
}

const tooLarge = (folder: string) =>
  new GradeportError(
    'too-large',
    `${folder} is too large for containers of this engine: at most ${MAX_ENTRIES} files and ${bytesText(MAX_BYTES)}.`,
  );
