/**
 * Copies a folder out of an image. A container is made and never started: the engine reads its files. They come from
 * the image, so they are hostile: names are checked part by part, links and special files stay out, sizes are bounded.
 */
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { z } from 'zod';
import { ROLE_LABEL } from '../../ports/container-labels.ts';
import type { CopyBounds } from '../../ports/images.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { asking, notFound, unlessGone } from './errors.ts';

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
    docker.createContainer({
      Image: image,
      Cmd: ['-'],
      NetworkDisabled: true,
      Labels: { ...labels, [ROLE_LABEL]: 'copy' },
    }),
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

const bytesSchema = z.instanceof(Uint8Array);
const MAX_NAME_BYTES = 255;
const MAX_DEPTH = 12;

/** Splits a path below the requested folder into its parts; null: we do not write to it. */
function partsOf(name: string, leftOut: string | null): string[] | null {
  const [, ...parts] = name.replace(/\/+$/, '').split('/');
  const isFine = (part: string) =>
    part !== '' &&
    part !== '.' &&
    part !== '..' &&
    !part.includes('\0') &&
    Buffer.byteLength(part) <= MAX_NAME_BYTES;
  return parts.length <= MAX_DEPTH && parts[0] !== leftOut && parts.every(isFine) ? parts : null;
}

/**
 * @param into an empty folder that no other program writes to
 * @param leftOut a folder directly in the one that was asked for
 */
export async function unpackArchive(
  archive: Readable,
  into: string,
  bounds: CopyBounds,
  leftOut: string | null = null,
): Promise<void> {
  let [entries, bytes] = [0, 0];

  async function write({ name, type, size, mode }: tar.Header, content: Content): Promise<void> {
    entries += 1;
    bytes += size;
    if (entries > bounds.maxFiles || bytes > bounds.maxBytes) throw tooLarge(bounds);
    const parts = partsOf(name, leftOut);
    const place = join(into, ...(parts ?? []));
    if (parts !== null && type === 'directory') await mkdir(place, { recursive: true });
    if (parts !== null && parts.length > 0 && type === 'file') {
      await mkdir(dirname(place), { recursive: true });
      // wx: never over something that is there. The executable bit is all that is kept of its mode.
      await using file = await open(place, 'wx', mode & 0o100 ? 0o755 : 0o644);
      for await (const chunk of content) await file.write(bytesSchema.parse(chunk));
    } else content.resume();
  }

  // Not pipeline(): it misses the errors of this stream, which is not one of Node's own.
  const over = Promise.withResolvers<void>();
  const extract = tar.extract();
  let writing = Promise.resolve();
  extract.on('entry', (header, content, next) => {
    // It gets the archive's own error, which is reported once.
    content.on('error', () => {});
    writing = write(header, content);
    writing.then(() => next(), next);
  });
  extract.on('error', over.reject);
  extract.on('finish', over.resolve);
  archive.on('error', over.reject);
  archive.pipe(extract);
  try {
    await over.promise;
  } finally {
    archive.destroy();
    extract.destroy();
    // The caller may remove the folder next, so no file in it may still be written.
    await writing.catch(() => {});
  }
}

type Content = AsyncIterable<unknown> & { resume(): unknown };

function tooLarge({ maxFiles, maxBytes }: CopyBounds): GradeportError {
  const most = `${maxFiles} files and ${bytesText(maxBytes)}`;
  return new GradeportError(
    'too-large',
    `The folder in the container is too large: at most ${most} are read.`,
  );
}
