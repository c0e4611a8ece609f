/** A folder as a tar stream for the engine: its regular files. Links and special files stay out, and none is followed. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import tar from 'tar-stream';
import { GradeportError } from '../../../rules/errors.ts';
import { AS_IT_IS } from '../../../rules/files/open-flags.ts';

/** @param failed called once when the folder cannot be read, or is too large; the stream never ends then */
export function packFolder(folder: string, maxBytes: number, failed: (error: unknown) => void): tar.Pack {
  const pack = tar.pack();
  fill(pack, folder, maxBytes).catch(failed);
  return pack;
}

async function fill(pack: tar.Pack, folder: string, maxBytes: number): Promise<void> {
  let left = maxBytes;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = await readRegular(path, left);
    if (file === null) continue;
    left -= file.content.length;
    // The builder compares content and mode with what it built before, not times.
    pack.entry({ name: path.slice(folder.length + 1), mode: file.mode }, file.content);
  }
  pack.finalize();
}

/** null: the file became something else meanwhile. */
async function readRegular(
  path: string,
  maxBytes: number,
): Promise<{ mode: number; content: Buffer } | null> {
  try {
    await using handle = await open(path, AS_IT_IS);
    const info = await handle.stat();
    if (!info.isFile()) return null;
    if (info.size > maxBytes) {
      throw new GradeportError(
        'too-large',
        `The folder is larger than a build may be given; ${path} did not fit any more. Leave out what no COPY needs, or raise build.contextBytes in the configuration.`,
      );
    }
    return { mode: info.mode & 0o777, content: await handle.readFile() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'ENOENT'))
      return null;
    throw error;
  }
}
