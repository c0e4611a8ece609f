/** Writes several images, and Gradeport's own packages, into one file. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { JobNews } from '../../jobs/port.ts';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import type { Provenance } from './archive-format.ts';
import { exportToFile } from './export.ts';
import { hashing } from './image-tar.ts';
import {
  HEADER,
  imagePart,
  MAX_IMAGES,
  PACKAGES,
  PARTS,
  type PackHeader,
  type PackPart,
} from './pack-format.ts';
import { type InstalledPackages, writePackages } from './packages-part.ts';

export type PackRequest = {
  /** Grading names, aliases, or names of images; bases first. */
  names: readonly string[];
  /** null: without them. */
  packages: InstalledPackages | null;
  file: string;
  by: string | null;
  gradeport: string;
  at: Date;
};
export type ExportedPack = { file: string; bytes: number; images: Provenance[]; header: PackHeader };

export async function exportPack(
  deps: SharingDeps,
  request: PackRequest,
  news: JobNews,
  stopped: AbortSignal,
): Promise<ExportedPack> {
  const { file, names, packages } = request;
  if (existsSync(file))
    throw new GradeportError('conflict', `${file} is there already. Name another file, or delete it.`);
  if (names.length > MAX_IMAGES)
    throw new GradeportError('too-large', `One file takes ${MAX_IMAGES} images; these are ${names.length}.`);
  const end = randomBytes(6).toString('hex');
  const [draft, part] = [`${file}.draft-${end}`, `${file}.part-${end}`];
  const header = headerOf(request);
  try {
    using writer = openWriter(draft, request.at, stopped);
    const images: Provenance[] = [];
    await writer.json(HEADER, header);
    for (const [at, name] of names.entries()) {
      news.line(`${name} (${at + 1} of ${names.length})`);
      const one = { ...request, name, file: part, samples: new Map() };
      images.push((await exportToFile(deps, one, news, stopped)).provenance);
      await writer.part(imagePart(at + 1), part);
      await rm(part);
    }
    if (packages !== null) {
      await writePackages(packages, part, news, stopped);
      await writer.part(PACKAGES, part);
    }
    await writer.end();
    await rename(draft, file);
    return { file, bytes: (await stat(file)).size, images, header };
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    throw new GradeportError(
      'no-space',
      `There is no room for ${file}: beside its own size it takes the largest image twice for a moment.`,
      { cause: error },
    );
  } finally {
    await Promise.all([draft, part].map((path) => rm(path, { force: true })));
  }
}

const headerOf = ({ gradeport, by, at, packages }: PackRequest): PackHeader => ({
  format: 'gradeport-offline',
  version: 1,
  gradeport,
  by,
  at: at.toISOString(),
  packages: packages && { platform: process.platform, arch: process.arch, lock: packages.lock },
});

/** Disposed of before its end, it gives up what it has written. */
function openWriter(draft: string, mtime: Date, stopped: AbortSignal) {
  const pack = tar.pack();
  const parts: PackPart[] = [];
  const written = pipeline(pack, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }), {
    signal: stopped,
  });
  // The caller sees the failure when it waits for a part, or for the end.
  written.catch(() => {});
  const json = async (name: string, value: unknown) => {
    pack.entry({ name, mtime }, `${JSON.stringify(value, null, 2)}\n`);
  };
  return {
    json,
    async part(name: string, path: string): Promise<void> {
      const bytes = (await stat(path)).size;
      const hash = createHash('sha256');
      const entry = pack.entry({ name, mtime, size: bytes });
      const copied = pipeline(hashing(createReadStream(path), hash), entry, { signal: stopped });
      await Promise.race([copied, failureOf(written, copied)]);
      parts.push({ name, bytes, sha256: hash.digest('hex') });
    },
    async end(): Promise<void> {
      await json(PARTS, parts);
      pack.finalize();
      await written;
    },
    [Symbol.dispose]: () => pack.destroy(),
  };
}

/** Fails with the first; after its success waits for the second, which then ends. */
const failureOf = (first: Promise<void>, second: Promise<void>): Promise<void> => first.then(() => second);
