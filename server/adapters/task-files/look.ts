/** Lists a folder without reading its files: enough to say whether it has changed, and whether it can be kept. */
import type { Stats } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type OpenFolder, openFolder } from '../../rules/files/open-folder.ts';

/** A bundle is read into memory as a whole. Larger folders are graded from where they are. */
const MOST = { bytes: 64 * 2 ** 20, entries: 10_000 };
/** Looking at this many takes about a millisecond; other work may come in between. */
const ENTRIES_BETWEEN_BREAKS = 200;

/** path: it begins with the name of the folder. */
export type Entry = { path: string } & (
  | { kind: 'folder'; mode: number }
  | { kind: 'file'; mode: number; size: number; stamp: string }
  | { kind: 'link'; target: string }
);

export type Look = {
  /** In the order of their paths, which begin with the name of the folder. */
  entries: Entry[];
  /** Stays equal as long as no file changes. */
  stamp: string;
  /** When something in the folder last changed, in ms. */
  changedAt: number;
};

/** Inode and change time catch what the modification time misses: `mv`, `git checkout`, restored backups. */
export const stampOf = ({ ino, size, mode, mtimeMs, ctimeMs }: Stats): string =>
  [ino, size, mode, mtimeMs, ctimeMs].join(':');

/** Links are entries, and none is followed. null: too many files, or too large. Fails where there is no such folder. */
export async function lookAt(folder: string, most = MOST): Promise<Look | null> {
  using top = openFolder(folder);
  if (top === null) throw vanished(folder);
  return await lookIn(top, basename(folder), most);
}

async function lookIn(top: OpenFolder, name: string, most: typeof MOST): Promise<Look | null> {
  const entries: Entry[] = [];
  const stamps: string[] = [];
  let [bytes, changedAt, seen] = [0, 0, 0];

  function note(info: Stats, path: string, link: string | null): void {
    stamps.push(`${path}:${stampOf(info)}`);
    changedAt = Math.max(changedAt, info.ctimeMs);
    // Its owner must be able to read and to remove a copy. Set-user-id bits would apply to another owner.
    const mode = info.mode & 0o777;
    if (info.isDirectory()) entries.push({ path, kind: 'folder', mode: mode | 0o700 });
    else if (link !== null) entries.push({ path, kind: 'link', target: link });
    else if (info.isFile()) {
      bytes += info.size;
      entries.push({ path, kind: 'file', mode: mode | 0o600, size: info.size, stamp: stampOf(info) });
    }
  }

  async function walk(folder: OpenFolder, above: string): Promise<boolean> {
    const names = folder.entries().map((entry) => entry.name);
    for (const one of names.sort()) {
      seen += 1;
      if (seen % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
      const path = `${above}/${one}`;
      const { info, link } = foundAt(folder, one);
      // student/ is mounted by its name, and so a link of this name would be followed.
      if (link !== null && path === `${name}/student`) continue;
      note(info, path, link);
      if (seen > most.entries || bytes > most.bytes) return false;
      if (info.isDirectory() && !(await walkInto(folder, one, path))) return false;
    }
    return true;
  }

  async function walkInto(folder: OpenFolder, one: string, path: string): Promise<boolean> {
    using inner = folder.folder(one);
    if (inner === null) throw vanished(one);
    return await walk(inner, path);
  }

  note(top.itself(), name, null);
  if (!(await walk(top, name))) return null;
  return { entries, stamp: stamps.join('\n'), changedAt };
}

/** link: where it leads; null: it is none. */
function foundAt(folder: OpenFolder, name: string): { info: Stats; link: string | null } {
  const info = folder.look(name);
  const link = info?.isSymbolicLink() ? folder.link(name) : null;
  if (info === null || (info.isSymbolicLink() && link === null)) throw vanished(name);
  return { info, link };
}

/** It was there when its folder was listed, or its course read: neither counts where it is a link. */
const vanished = (name: string): Error => Object.assign(new Error(`${name} is gone`), { code: 'ENOENT' });
