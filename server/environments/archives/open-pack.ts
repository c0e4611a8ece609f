/** Reads a file with several images completely before any part of it is used. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { MAX_IMAGE_BYTES, malformed } from './archive-format.ts';
import { hashing } from './image-tar.ts';
import { eachPart } from './open-archive.ts';
import {
  HEADER,
  MAX_HEADER_BYTES,
  MAX_IMAGES,
  MAX_PACKAGES_BYTES,
  PACKAGES,
  PARTS,
  type PackHeader,
  type PackPart,
  readHeader,
  readParts,
} from './pack-format.ts';
import { type Content, eachEntry, readAll, skip } from './tar-reading.ts';

export type OpenPack = { header: PackHeader; images: string[] };

/** Whether it has several images; false also for what is no archive at all, which the reader of one image refuses. */
export async function isPack(file: string): Promise<boolean> {
  let first: string | null = null;
  await eachEntry(createReadStream(file), async ({ name }) => {
    first = name;
    return 'enough';
  }).catch(() => {});
  return first === HEADER;
}

/** Fails with "usage" for a file that is not exactly what its list says. */
export async function openPack(file: string, stopped: AbortSignal): Promise<OpenPack> {
  let header: PackHeader | null = null;
  let list: PackPart[] | null = null;
  const seen = new Map<string, PackPart>();
  await eachPart(file, stopped, async ({ name, type, size }, content) => {
    if (type !== 'file') throw malformed(file, `it holds a ${type ?? 'thing'}`);
    if (list !== null) throw malformed(file, `something follows ${PARTS}`);
    if (header === null) {
      if (name !== HEADER) throw malformed(file, `its first part is not ${HEADER}`);
      header = readHeader(await small(content, file), file);
    } else if (name === PARTS) list = readParts(await small(content, file), file);
    else {
      if (seen.has(name) || seen.size > MAX_IMAGES || size > mostOf(name))
        throw malformed(file, `${JSON.stringify(name.slice(0, 100))} is there twice, or is too large`);
      const hash = createHash('sha256');
      await skip(hashing(content, hash));
      seen.set(name, { name, bytes: size, sha256: hash.digest('hex') });
    }
    return 'go on';
  });
  if (header === null || list === null) throw malformed(file, 'it is not complete');
  compare(file, list, seen);
  return { header, images: [...seen.keys()].filter((name) => name !== PACKAGES) };
}

const mostOf = (name: string): number => (name === PACKAGES ? MAX_PACKAGES_BYTES : MAX_IMAGE_BYTES);

function compare(file: string, list: readonly PackPart[], seen: ReadonlyMap<string, PackPart>): void {
  for (const { name, bytes, sha256 } of list) {
    const part = seen.get(name);
    if (part?.bytes !== bytes || part.sha256 !== sha256)
      throw malformed(file, `${name} is missing, was changed or is damaged`);
  }
  const listed = new Set(list.map(({ name }) => name));
  const more = [...seen.keys()].find((name) => !listed.has(name));
  if (more !== undefined || listed.size !== list.length)
    throw malformed(file, `its list and its parts differ: ${more ?? 'a name is there twice'}`);
}

async function small(content: Content, file: string): Promise<Buffer> {
  const bytes = await readAll(content, MAX_HEADER_BYTES);
  if (bytes === null) throw malformed(file, `a part has more than ${MAX_HEADER_BYTES} bytes`);
  return bytes;
}

/** Hands each image's part to a reader, one after the other. */
export const eachImage = (
  file: string,
  stopped: AbortSignal,
  use: (name: string, content: Content) => Promise<void>,
): Promise<void> =>
  eachPart(file, stopped, async ({ name }, content) => {
    if (name === HEADER || name === PACKAGES || name === PARTS) await skip(content);
    else await use(name, content);
    return 'go on';
  });
