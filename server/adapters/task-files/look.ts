/** Lists a folder without reading its files: enough to say whether it has changed, and whether it can be kept. */
import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** A bundle is read into memory as a whole. Larger folders are graded from where they are. */
const MOST = { bytes: 64 * 2 ** 20, entries: 10_000 };
/** Looking at this many takes about a millisecond; other work may come in between. */
const ENTRIES_BETWEEN_BREAKS = 200;

type Place = { path: string; source: string };
export type Entry = Place &
  (
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

/**
 * Links are entries and are not followed, except that the folder itself may be one. null: too many files, or too large.
 * Only somebody who may write to the course's folder could swap a folder for a link between two steps.
 */
export async function lookAt(folder: string, most = MOST): Promise<Look | null> {
  const entries: Entry[] = [];
  const stamps: string[] = [];
  let [bytes, changedAt, seen] = [0, 0, 0];

  function note(info: Stats, { path, source }: Place): void {
    stamps.push(`${path}:${stampOf(info)}`);
    changedAt = Math.max(changedAt, info.ctimeMs);
    // Its owner must be able to read and to remove a copy. Set-user-id bits would apply to another owner.
    const mode = info.mode & 0o777;
    if (info.isDirectory()) entries.push({ path, source, kind: 'folder', mode: mode | 0o700 });
    else if (info.isSymbolicLink())
      entries.push({ path, source, kind: 'link', target: readlinkSync(source) });
    else if (info.isFile()) {
      bytes += info.size;
      entries.push({ path, source, kind: 'file', mode: mode | 0o600, size: info.size, stamp: stampOf(info) });
    }
  }

  async function walk({ path, source }: Place): Promise<boolean> {
    for (const name of readdirSync(source).sort()) {
      seen += 1;
      if (seen % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
      const place = { path: `${path}/${name}`, source: join(source, name) };
      const info = lstatSync(place.source);
      // student/ is mounted by its name, and so a link of this name would be followed.
      if (info.isSymbolicLink() && place.path === `${basename(folder)}/student`) continue;
      note(info, place);
      if (seen > most.entries || bytes > most.bytes) return false;
      if (info.isDirectory() && !(await walk(place))) return false;
    }
    return true;
  }

  const root = { path: basename(folder), source: folder };
  note(statSync(folder), root);
  if (!(await walk(root))) return null;
  return { entries, stamp: stamps.join('\n'), changedAt };
}
