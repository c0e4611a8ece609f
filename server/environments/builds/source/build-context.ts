/**
 * The uploaded files of a build: a tar archive, gzipped or not. All of it is hostile. It is read into
 * memory within bounds; an entry that is not a regular file or folder beneath the top is refused by name, not left out.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesOf, shownName } from '../../../rules/files/byte-names.ts';
import { AS_BYTES, foreignName } from '../../../rules/files/tar-names.ts';
import { bytesText } from '../../../text/quantities.ts';

type ContextFile = { content: Buffer; executable: boolean };
/** Path below the top, with "/" → file. */
export type BuildContext = Map<string, ContextFile>;

export const DOCKERFILE = 'Dockerfile';
const MAX_FILES = 2000;
const MAX_DEPTH = 20;
/** The limit for a whole path; its parts have the file system's own limit. */
const MAX_PATH_BYTES = 1000;
const MAX_PART_BYTES = 200;
/** Room for file headers, and for rounding each file up to a whole block. */
const TAR_OVERHEAD_BYTES = 4 * 2 ** 20;

/** Fails with "usage" or "too-large", naming the entry. */
export async function readArchive(archive: Buffer, maxBytes: number): Promise<BuildContext> {
  if (archive.subarray(0, 2).toString('latin1') === 'PK') {
    throw new GradeportError(
      'usage',
      'This is a zip archive. Send a tar archive: tar -czf environment.tar.gz folder',
    );
  }
  const files: BuildContext = new Map();
  const extract = tar.extract(AS_BYTES);
  const isGzip = archive[0] === 0x1f && archive[1] === 0x8b;
  const bound = atMost(maxBytes + TAR_OVERHEAD_BYTES, maxBytes);
  const source = Readable.from([archive]);
  const reading = isGzip
    ? pipeline(source, createGunzip(), bound, extract)
    : pipeline(source, bound, extract);
  try {
    await Promise.all([reading, take(extract, files, maxBytes)]);
  } catch (error) {
    if (error instanceof GradeportError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new GradeportError(
      'usage',
      `The archive cannot be read: ${why}. It must be a .tar or .tar.gz file.`,
      {
        cause: error,
      },
    );
  }
  return withoutTop(files);
}

/** A gzip of a few kilobytes can hold gigabytes. */
function atMost(limit: number, shown: number) {
  return async function* (source: AsyncIterable<Buffer>) {
    let read = 0;
    for await (const chunk of source) {
      read += chunk.length;
      if (read > limit) throw tooLarge(shown);
      yield chunk;
    }
  };
}

const tooLarge = (maxBytes: number): GradeportError =>
  new GradeportError(
    'too-large',
    `The archive holds more than ${bytesText(maxBytes)}, which is the limit. Leave out what no COPY needs.`,
  );

async function take(extract: tar.Extract, files: BuildContext, maxBytes: number): Promise<void> {
  let left = maxBytes;
  for await (const entry of extract) {
    const { type, mode, size } = entry.header;
    const name = foreignName(entry.header);
    const path = pathOf(name);
    const isFile = type === 'file' || type === 'contiguous-file';
    if (!isFile && type !== 'directory') {
      throw new GradeportError(
        'usage',
        `"${shown(name)}" in the archive is a ${shown(String(type))}: it may hold files and folders only.`,
      );
    }
    if (!isFile || path === '') {
      entry.resume();
      continue;
    }
    left -= size ?? 0;
    if (left < 0) throw tooLarge(maxBytes);
    if (files.size >= MAX_FILES)
      throw new GradeportError('too-large', `The archive holds more than ${MAX_FILES} files.`);
    files.set(path, { content: await buffer(entry), executable: ((mode ?? 0) & 0o111) !== 0 });
  }
  refuseFilesAsFolders(files);
}

const shown = (name: string): string =>
  shownName(name)
    .replace(/[^\x20-\x7e\u00a1-\uffff]/g, '?')
    .slice(0, 100);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const STRANGE = /[\u0000-\u001f\u007f\\]/;

/** "./a/b" → "a/b"; "" for the top itself. */
function pathOf(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const isOutside = name.startsWith('/') || parts.includes('..') || /^[a-z]:/i.test(name);
  const isStrange = STRANGE.test(name) || parts.some((part) => bytesOf(part).length > MAX_PART_BYTES);
  if (isOutside)
    throw new GradeportError('usage', `"${shown(name)}" in the archive leads out of its folder.`);
  if (isStrange || parts.length > MAX_DEPTH || bytesOf(name).length > MAX_PATH_BYTES) {
    throw new GradeportError(
      'usage',
      `"${shown(name)}" in the archive is not a file name that is allowed here.`,
    );
  }
  return parts.join('/');
}

/** "a" and "a/b" cannot both be files. */
function refuseFilesAsFolders(files: BuildContext): void {
  for (const path of files.keys()) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      if (!files.has(path.slice(0, slash))) continue;
      throw new GradeportError('usage', `"${shown(path)}" in the archive lies in something that is a file.`);
    }
  }
}

/** An archive of a folder has that folder as its only top entry: the folder's content counts. */
function withoutTop(files: BuildContext): BuildContext {
  const tops = new Set([...files.keys()].map((path) => path.split('/')[0]));
  const [top] = tops;
  if (files.has(DOCKERFILE) || tops.size !== 1 || !files.has(`${top}/${DOCKERFILE}`)) return files;
  return new Map([...files].map(([path, file]) => [path.slice(`${top}/`.length), file]));
}
