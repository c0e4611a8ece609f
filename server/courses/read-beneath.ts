/** Reads a file of a course for somebody who names it: beneath a folder, following no link, of bounded size. */
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';

/** A part of a path that is one name; a name that begins with a dot (.git) is nobody's to read. */
const isName = (part: string): boolean => part !== '' && !part.startsWith('.') && !/[/\\\0]/.test(part);

/** null: there is no such file, it is not a plain one, it is too large, or a link is on the way to it. */
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
      // Only somebody who may write the course's folder could swap it between this look and the next.
      if (!(await lstat(path)).isDirectory()) return null;
    }
    const file = join(path, parts.at(-1) ?? '');
    // NOFOLLOW and NONBLOCK: a link or a pipe is refused, not followed or waited for.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = await handle.stat();
    return info.isFile() && info.size <= maxBytes ? await handle.readFile() : null;
  } catch {
    return null;
  }
}
