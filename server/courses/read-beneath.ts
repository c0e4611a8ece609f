/** Reads a file of a course by an untrusted path: beneath a folder, following no link, of bounded size. */
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_IT_IS } from '../rules/open-flags.ts';

/** A part of a path that is one name; names that begin with a dot (.git) are not readable. */
export const isName = (part: string): boolean =>
  part !== '' && !part.startsWith('.') && !/[/\\\0]/.test(part);

/** null: the file does not exist, is not a regular file, is too large, or a link is on the way to it. */
export async function readBeneath(
  folder: string,
  parts: readonly string[],
  maxBytes: number,
): Promise<Buffer | null> {
  if (parts.length === 0 || !parts.every(isName)) return null;
  try {
    let path = folder;
    for (const part of parts.slice(0, -1)) {
      path = join(path, part);
      // Only a user with write access to the course's folder could swap it between this check and the next.
      if (!(await lstat(path)).isDirectory()) return null;
    }
    const file = join(path, parts.at(-1) ?? '');
    await using handle = await open(file, AS_IT_IS);
    const info = await handle.stat();
    return info.isFile() && info.size <= maxBytes ? await handle.readFile() : null;
  } catch {
    return null;
  }
}
