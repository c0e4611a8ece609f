/** Reads an exported environment completely before any part of it is used. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import {
  IMAGE,
  isSamplePath,
  MAX_IMAGE_BYTES,
  MAX_PROVENANCE_BYTES,
  MAX_SAMPLE_BYTES,
  MAX_SAMPLES_BYTES,
  malformed,
  type Part,
  PROVENANCE,
  type Provenance,
  readProvenance,
} from './archive-format.ts';
import { hashing, type ImageTar, readImageTar } from './image-tar.ts';
import type { SampleFiles } from './samples-files.ts';
import { type Content, eachEntry, readAll, skip, type TarHeader } from './tar-reading.ts';

export type OpenArchive = { provenance: Provenance; samples: SampleFiles; image: ImageTar };

/** Reads the file's entries, and ends the stream in every case. */
export async function eachPart(
  file: string,
  stopped: AbortSignal,
  handle: Parameters<typeof eachEntry>[1],
): Promise<void> {
  try {
    await eachEntry(createReadStream(file, { signal: stopped }), handle);
  } catch (error) {
    stopped.throwIfAborted();
    if (error instanceof GradeportError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new GradeportError('not-found', `There is no file ${file}.`);
    }
    throw malformed(file, 'it is not an archive, or it was changed or damaged', error);
  }
}

/** Fails with "usage" for an archive that is not exactly what its first part says. */
export async function openArchive(file: string, stopped: AbortSignal): Promise<OpenArchive> {
  const reader = createReader(file);
  await eachPart(file, stopped, async (header, content) => {
    const { name, type } = header;
    if (type !== 'file') throw malformed(file, `it holds a ${type ?? 'thing'}: ${quoted(name)}`);
    await reader.take(header, content);
    return 'go on';
  });
  return reader.finish();
}

function createReader(file: string) {
  let provenance: Provenance | null = null;
  let waiting = new Map<string, Part>();
  let image: ImageTar | null = null;
  const samples = new Map<string, Buffer>();
  let sampleBytes = 0;

  async function readFirst({ name }: TarHeader, content: Content): Promise<void> {
    if (name !== PROVENANCE) throw malformed(file, `its first part is not ${PROVENANCE}`);
    provenance = readProvenance(await readPart(content, MAX_PROVENANCE_BYTES, file), file);
    waiting = partsOf(provenance, file);
  }

  function expect({ name, size }: TarHeader): Part {
    const part = waiting.get(name);
    if (!part) throw malformed(file, `${quoted(name)} is not in its list, or is there twice`);
    waiting.delete(name);
    if (part.bytes !== size) throw malformed(file, `${quoted(name)} has another size than listed`);
    return part;
  }

  return {
    async take(header: TarHeader, content: Content): Promise<void> {
      if (provenance === null) return readFirst(header, content);
      const { name, bytes, sha256 } = expect(header);
      const hash = createHash('sha256');
      if (name === IMAGE) image = await readImageTar(hashing(content, hash));
      else {
        sampleBytes += bytes;
        if (sampleBytes > MAX_SAMPLES_BYTES) throw malformed(file, 'its samples are too large');
        samples.set(name, await readPart(hashing(content, hash), MAX_SAMPLE_BYTES, file));
      }
      if (hash.digest('hex') !== sha256) throw malformed(file, `${quoted(name)} was changed or is damaged`);
    },
    finish(): OpenArchive {
      const [missing] = waiting.keys();
      if (provenance === null) throw malformed(file, 'it is empty, compressed, or no archive');
      if (missing !== undefined || image === null) throw malformed(file, `${missing ?? IMAGE} is missing`);
      if (image.digest !== provenance.digest)
        throw malformed(file, 'the image in it is another than it says');
      return { provenance, samples, image };
    },
  };
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 100));

function partsOf({ parts }: Provenance, file: string): Map<string, Part> {
  const map = new Map<string, Part>();
  for (const part of parts) {
    const isImage = part.name === IMAGE && part.bytes <= MAX_IMAGE_BYTES;
    if (map.has(part.name) || !(isImage || isSamplePath(part.name))) {
      throw malformed(file, `its list names ${quoted(part.name)}`);
    }
    map.set(part.name, part);
  }
  return map;
}

async function readPart(content: Content, max: number, file: string): Promise<Buffer> {
  const bytes = await readAll(content, max);
  if (bytes === null) throw malformed(file, `a part has more than ${bytesText(max)}`);
  return bytes;
}

/** Hands the image's part to a reader that must read all of it. */
export async function withImage<T>(
  file: string,
  stopped: AbortSignal,
  use: (image: Content) => Promise<T>,
): Promise<T> {
  const results: T[] = [];
  await eachPart(file, stopped, async ({ name }, content) => {
    if (name !== IMAGE) {
      await skip(content);
      return 'go on';
    }
    results.push(await use(content));
    return 'enough';
  });
  const [result] = results;
  if (result === undefined) throw malformed(file, `${IMAGE} is missing`);
  return result;
}
