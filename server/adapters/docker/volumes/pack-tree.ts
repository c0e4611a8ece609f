/**
 * The files of a folder, as a hash of their content and as a tar for the engine. Links are packed as links and none is
 * followed; other special files stay out. Everybody in a container may read what is packed, and only root may change it.
 */
import { createHash } from 'node:crypto';
import { join, sep } from 'node:path';
import tar from 'tar-stream';
import { GradeportError } from '../../../rules/errors.ts';
import { fileBeneath, type OpenFolder, openFolder } from '../../../rules/files/open-folder.ts';
import { readOpen } from '../../../rules/files/read-open.ts';
import { packEntry } from '../../../rules/files/tar-names.ts';
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

/** No link is followed, and the folder itself is none. */
async function entriesOf(folder: string): Promise<Entry[]> {
  const found: Entry[] = [];
  let bytes = 0;
  const walk = (from: OpenFolder, below: string): void => {
    const names = from.entries().map((entry) => entry.name);
    for (const name of names.sort()) {
      const entry = entryAt(from, name, join(below, name));
      if (entry === null) continue;
      found.push(entry);
      bytes += entry.kind === 'file' ? entry.size : 0;
      if (found.length > MAX_ENTRIES || bytes > MAX_BYTES) throw tooLarge(folder);
      if (entry.kind !== 'folder') continue;
      using inner = from.folder(name);
      if (inner === null) throw changing(folder);
      walk(inner, entry.path);
    }
  };
  using top = openFolder(folder);
  if (top === null) throw new GradeportError('conflict', `${folder} is no folder, or a link.`);
  walk(top, '');
  return found;
}

function entryAt(from: OpenFolder, name: string, path: string): Entry | null {
  const info = from.look(name);
  if (info === null) return null;
  const stamp = [info.mode, info.size, info.mtimeMs, info.ctimeMs, info.ino].join();
  const executable = (info.mode & 0o111) !== 0;
  if (info.isDirectory()) return { kind: 'folder', path, stamp, mode: 0o755 };
  if (info.isSymbolicLink()) return { kind: 'link', path, stamp, mode: 0o777, target: from.link(name) ?? '' };
  if (!info.isFile()) return null;
  return { kind: 'file', path, stamp, mode: executable ? 0o755 : 0o644, size: info.size };
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
  using top = openFolder(folder);
  const file = top && fileBeneath(top, path.split(sep));
  const content = file === null ? null : await readOpen(file, (info) => info.size === size);
  if (content === null) throw changing(join(folder, path));
  return content;
}

const changing = (path: string) =>
  new GradeportError('conflict', `${path} is changing right now; try again in a moment.`);

async function packInto(pack: tar.Pack, folder: string, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    const header = { name: entry.path, mode: entry.mode, uid: 0, gid: 0 };
    if (entry.kind === 'folder') packEntry(pack, { ...header, type: 'directory' });
    else if (entry.kind === 'link') packEntry(pack, { ...header, type: 'symlink', linkname: entry.target });
    else packEntry(pack, header, await contentOf(folder, entry));
  }
  pack.finalize();
}

const tooLarge = (folder: string) =>
  new GradeportError(
    'too-large',
    `${folder} is too large for containers of this engine: at most ${MAX_ENTRIES} files and ${bytesText(MAX_BYTES)}.`,
  );
