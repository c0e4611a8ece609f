/** Packs a folder into the bytes of a tar: the same files give the same bytes, wherever and whenever written. */
import { setTimeout } from 'node:timers/promises';
import tar from 'tar-stream';
import { GradeportError } from '../../rules/errors.ts';
import { fileBeneath, type OpenFolder, openFolder } from '../../rules/files/open-folder.ts';
import { readOpen } from '../../rules/files/read-open.ts';
import { packEntry } from '../../rules/files/tar-names.ts';
import { type Entry, type Look, lookAt, stampOf } from './look.ts';

/** Times do not count as content: a new checkout of the same files is the same bundle. */
const MTIME = new Date('2000-01-01T00:00:00.000Z');
const OWNER = { uid: 0, gid: 0, mtime: MTIME };

export type Packed = Pick<Look, 'stamp' | 'changedAt'> & { entryCount: number; bytes: Buffer };

/** null: the folder is too large. "changing": somebody changed files between the first look and the last read. */
export async function packFolder(folder: string): Promise<Packed | null | 'changing'> {
  try {
    const before = await lookAt(folder);
    if (before === null) return null;
    using top = openFolder(folder);
    const bytes = top && (await tarOf(top, before.entries));
    const after = await lookAt(folder);
    if (bytes === null || after?.stamp !== before.stamp) return 'changing';
    const { stamp, changedAt, entries } = after;
    return { bytes, stamp, changedAt, entryCount: entries.length };
  } catch (error) {
    // A file was there when its folder was listed, and the folder itself when its course was read.
    const vanished = error instanceof Error && 'code' in error && VANISHED.has(String(error.code));
    if (vanished) return 'changing';
    throw error;
  }
}

type FileEntry = Extract<Entry, { kind: 'file' }>;

const TRIES = 5;
const PAUSE_MS = 20;

/** Packs a folder, again while somebody changes it. Fails with "conflict" when they do not stop. */
export async function packPatiently(folder: string): Promise<Packed | null> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const packed = await packFolder(folder);
    if (packed !== 'changing') return packed;
    await setTimeout(PAUSE_MS * attempt);
  }
  const sentence =
    'The files of this task are changing right now. Nothing was submitted; try again in a moment.';
  throw new GradeportError('conflict', sentence);
}

const VANISHED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL']);

/** null: a file has changed since it was looked at. */
async function tarOf(top: OpenFolder, entries: readonly Entry[]): Promise<Buffer | null> {
  const pack = tar.pack();
  const chunks: Uint8Array[] = [];
  pack.on('data', (chunk) => void (chunk instanceof Uint8Array && chunks.push(chunk)));
  const ended = new Promise<void>((resolve) => pack.on('end', () => resolve()));
  for (const entry of entries) {
    const header = { ...OWNER, name: entry.path };
    if (entry.kind === 'folder') packEntry(pack, { ...header, type: 'directory', mode: entry.mode });
    else if (entry.kind === 'link')
      packEntry(pack, { ...header, type: 'symlink', mode: 0o777, linkname: entry.target });
    else {
      const content = await readAsSeen(top, entry);
      if (content === null) return null;
      packEntry(pack, { ...header, type: 'file', mode: entry.mode }, content);
    }
  }
  pack.finalize();
  await ended;
  return Buffer.concat(chunks);
}

async function readAsSeen(top: OpenFolder, { path, stamp }: FileEntry): Promise<Buffer | null> {
  const file = fileBeneath(top, path.split('/').slice(1));
  return file === null ? null : await readOpen(file, (info) => stampOf(info) === stamp);
}
