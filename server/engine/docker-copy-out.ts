/**
 * Copies a folder out of an image. A container is made and never started: the engine reads its files. What comes is
 * the image's, so it is hostile: names are checked part by part, links and special files stay out, sizes are bounded.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { GradeportError } from '../core/errors.ts';
import { asking, notFound, unlessGone } from './docker-errors.ts';
import { ROLE_LABEL } from './labels.ts';
import type { CopyBounds } from './port.ts';

export async function copyOutOfImage(
  docker: Docker,
  image: string,
  path: string,
  into: string,
  bounds: CopyBounds,
  labels: Record<string, string>,
): Promise<void> {
  const container = await asking(() =>
    // The command is never run; the engine only refuses a container that has none.
    docker.createContainer({ Image: image, Cmd: ['-'], NetworkDisabled: true, Labels: { ...labels, [ROLE_LABEL]: 'copy' } }),
  ).catch(notFound(`There is no image ${image}.`));
  try {
    const archive = await asking(() => container.getArchive({ path })).catch(
      notFound(`There is no folder ${path} in the image.`),
    );
    await unpackArchive(archive as unknown as Readable, into, bounds);
  } finally {
    await unlessGone(() => container.remove({ force: true, v: true }));
  }
}

const MAX_NAME_BYTES = 255;
const MAX_DEPTH = 12;

/** The path below the folder that was asked for, part by part; null: not one that we write. */
function partsOf(name: string): string[] | null {
  const [, ...parts] = name.replace(/\/+$/, '').split('/');
  const isFine = (part: string) =>
    part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && Buffer.byteLength(part) <= MAX_NAME_BYTES;
  return parts.length <= MAX_DEPTH && parts.every(isFine) ? parts : null;
}

/** @param into an empty folder that nobody else writes to */
export async function unpackArchive(archive: Readable, into: string, bounds: CopyBounds): Promise<void> {
  let [entries, bytes] = [0, 0];
  const extract = tar.extract();
  const reading = pipeline(archive, extract);
  // Whoever fails here destroys the archive, and the pipeline says so, too.
  reading.catch(() => {});
  for await (const entry of extract) {
    const { name, type, size = 0, mode = 0o644 } = entry.header;
    entries += 1;
    bytes += size;
    if (entries > bounds.maxFiles || bytes > bounds.maxBytes) {
      const most = `${bounds.maxFiles} files and ${bounds.maxBytes / 2 ** 20} MiB`;
      throw new GradeportError('too-large', `The folder in the image is too large: at most ${most} are read.`);
    }
    const parts = partsOf(name);
    const place = join(into, ...(parts ?? []));
    if (parts !== null && type === 'directory') await mkdir(place, { recursive: true });
    else if (parts !== null && parts.length > 0 && type === 'file') {
      await mkdir(dirname(place), { recursive: true });
      // wx: never over something that is there. The executable bit is all that is kept of its mode.
      await pipeline(entry, createWriteStream(place, { flags: 'wx', mode: mode & 0o100 ? 0o755 : 0o644 }));
      continue;
    }
    entry.resume();
  }
  await reading;
}
