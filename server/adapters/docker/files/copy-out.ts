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
import { ROLE_LABEL } from '../../../ports/engine/container-labels.ts';
import type { CopyBounds } from '../../../ports/engine/images.ts';
import type { CopiedOut } from '../../../ports/engine/volumes.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText } from '../../../text/quantities.ts';
import { asking, notFound, unlessGone } from '../errors.ts';

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
function partsOf(name: string): string[] | null {
  const [, ...parts] = name.replace(/\/+$/, '').split('/');
  const isFine = (part: string) =>
    part !== '' &&
    part !== '.' &&
    part !== '..' &&
    !part.includes('\0') &&
    Buffer.byteLength(part) <= MAX_NAME_BYTES;
  return parts.length <= MAX_DEPTH && parts.every(isFine) ? parts : null;
}

const MOST_LEFT_OUT = 100;

/** Why an entry of an archive is not written; null: it is. */
function whyLeftOut(
  { name, type }: Pick<tar.Header, 'name' | 'type'>,
  parts: string[] | null,
): string | null {
  if (type !== 'directory' && type !== 'file')
    return `${pathOf(name)}: ${type === 'symlink' ? 'a link' : 'no regular file'}`;
  return parts === null ? `${pathOf(name)}: too deep, or a strange name` : null;
}

/** As the folder that was asked for has it. */
const pathOf = (name: string): string => name.replace(/^[^/]*/, '').slice(0, 1000);

/**
 * @param into an empty folder that no other program writes to
 * @param unwanted a folder directly in the one that was asked for
 * @returns how many entries there were, and which of them are not there now (at most 100), as "path: why"
 */
export async function unpackArchive(
  archive: Readable,
  into: string,
  bounds: CopyBounds,
  unwanted: string | null = null,
): Promise<CopiedOut> {
  let [entries, bytes] = [0, 0];
  const leftOut: string[] = [];

  async function write(header: tar.Header, content: Content): Promise<void> {
    const { name, type, size, mode } = header;
    const parts = partsOf(name);
    if (isOutside(parts, unwanted)) return void content.resume();
    entries += 1;
    bytes += size;
    if (entries > bounds.maxFiles || bytes > bounds.maxBytes) throw tooLarge(bounds);
    const why = whyLeftOut(header, parts);
    if (why !== null && leftOut.length < MOST_LEFT_OUT) leftOut.push(why);
    await writeEntry(join(into, ...(parts ?? [])), why === null ? type : null, mode, content);
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
  return { files: entries, leftOut };
}

/** @param type null: it is not written */
async function writeEntry(place: string, type: tar.Header['type'] | null, mode: number, content: Content) {
  if (type === 'directory') await mkdir(place, { recursive: true });
  if (type !== 'file') return void content.resume();
  await mkdir(dirname(place), { recursive: true });
  // wx: never over something that is there. The executable bit is all that is kept of its mode.
  await using file = await open(place, 'wx', mode & 0o100 ? 0o755 : 0o644);
  for await (const chunk of content) await file.write(bytesSchema.parse(chunk));
}

/** The folder itself, and what is not asked for in it. */
const isOutside = (parts: string[] | null, unwanted: string | null): boolean =>
  parts !== null && (parts.length === 0 || parts[0] === unwanted);

type Content = AsyncIterable<unknown> & { resume(): unknown };

function tooLarge({ maxFiles, maxBytes }: CopyBounds): GradeportError {
  const most = `${maxFiles} files and ${bytesText(maxBytes)}`;
  return new GradeportError(
    'too-large',
    `The folder in the container is too large: at most ${most} are read.`,
  );
}
