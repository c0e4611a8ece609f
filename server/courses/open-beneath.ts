/** Opens a file of a course to be sent in pieces: beneath a folder, following no link, as read-beneath.ts reads it whole. */
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_IT_IS } from '../rules/open-flags.ts';
import { isName } from './read-beneath.ts';

export type OpenedFile = { handle: FileHandle; size: number };

/** null: the file does not exist, is not a regular file, is too large, or a link is on the way to it. */
export async function openBeneath(
  folder: string,
  parts: readonly string[],
  maxBytes: number,
): Promise<OpenedFile | null> {
  if (parts.length === 0 || !parts.every(isName)) return null;
  const handle = await openWithoutLinks(folder, parts).catch(() => null);
  if (handle === null) return null;
  const info = await handle.stat();
  if (info.isFile() && info.size <= maxBytes) return { handle, size: info.size };
  await handle.close();
  return null;
}

async function openWithoutLinks(folder: string, parts: readonly string[]): Promise<FileHandle | null> {
  let path = folder;
  for (const part of parts) {
    if (!(await lstat(path)).isDirectory()) return null;
    path = join(path, part);
  }
  return open(path, AS_IT_IS);
}
