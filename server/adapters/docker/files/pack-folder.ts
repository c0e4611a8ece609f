/** A folder as a tar stream for the engine: its regular files. Links and special files stay out, and none is followed. */
import { fstatSync } from 'node:fs';
import tar from 'tar-stream';
import { GradeportError } from '../../../rules/errors.ts';
import { shownName } from '../../../rules/files/byte-names.ts';
import { filesBelow } from '../../../rules/files/files-below.ts';
import { fileBeneath, type OpenFolder, openFolder } from '../../../rules/files/open-folder.ts';
import { readOpen } from '../../../rules/files/read-open.ts';
import { packEntry } from '../../../rules/files/tar-names.ts';

/** @param failed called once when the folder cannot be read, or is too large; the stream never ends then */
export function packFolder(folder: string, maxBytes: number, failed: (error: unknown) => void): tar.Pack {
  const pack = tar.pack();
  fill(pack, folder, maxBytes).catch(failed);
  return pack;
}

async function fill(pack: tar.Pack, folder: string, maxBytes: number): Promise<void> {
  using top = openFolder(folder, { mayBeLink: true });
  if (top === null) throw new GradeportError('not-found', `There is no folder ${folder}.`);
  let left = maxBytes;
  for await (const path of filesBelow(top)) {
    const file = await readRegular(top, path, left);
    if (file === null) continue;
    left -= file.content.length;
    // The builder compares content and mode with what it built before, not times.
    packEntry(pack, { name: path, mode: file.mode }, file.content);
  }
  pack.finalize();
}

/** null: the file became something else meanwhile. */
async function readRegular(
  top: OpenFolder,
  path: string,
  maxBytes: number,
): Promise<{ mode: number; content: Buffer } | null> {
  const file = fileBeneath(top, path.split('/'));
  if (file === null) return null;
  const mode = fstatSync(file).mode & 0o777;
  const content = await readOpen(file, ({ size }) => size <= maxBytes);
  if (content !== null) return { mode, content };
  throw new GradeportError(
    'too-large',
    `The folder is larger than a build may be given; ${shownName(path)} did not fit any more. Leave out what no COPY needs, or raise build.contextBytes in the configuration.`,
  );
}
