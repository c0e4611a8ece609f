/** Writes an environment into one file, for a machine without a network. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { JobNews } from '../../jobs/port.ts';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import { IMAGE, type Part, PROVENANCE, type Provenance } from './archive-format.ts';
import { hashing, readImageTar } from './image-tar.ts';
import type { SampleFiles } from './samples-files.ts';

export type ExportRequest = {
  /** A grading name, an alias, or the name of an image. */
  name: string;
  file: string;
  samples: SampleFiles;
  by: string | null;
  /** The version of this Gradeport. */
  gradeport: string;
  at: Date;
};

export type Exported = { file: string; bytes: number; provenance: Provenance };

export async function exportToFile(
  deps: SharingDeps,
  request: ExportRequest,
  news: JobNews,
  stopped: AbortSignal,
): Promise<Exported> {
  const { file } = request;
  if (existsSync(file)) {
    throw new GradeportError('conflict', `${file} is there already. Name another file, or delete it.`);
  }
  const about = await find(deps, request.name);
  const end = randomBytes(6).toString('hex');
  const [image, draft] = [`${file}.image-${end}`, `${file}.draft-${end}`];
  try {
    const part = await saveImage(deps, about, image, news, stopped);
    const { digest } = await readImageTar(createReadStream(image));
    const provenance: Provenance = {
      format: 'gradeport-environment',
      version: 1,
      name: about.name,
      image: about.image,
      digest,
      from: about.from,
      by: request.by,
      at: request.at.toISOString(),
      gradeport: request.gradeport,
      parts: [...partsOf(request.samples), part],
    };
    const onBytes = (done: number) =>
      news.progress({ step: 'writing the file', done, total: part.bytes, unit: 'bytes' });
    await writeArchive(draft, provenance, { samples: request.samples, image, onBytes }, stopped);
    await rename(draft, file);
    return { file, bytes: (await stat(file)).size, provenance };
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    throw new GradeportError(
      'no-space',
      `There is no room for ${file}: it takes the image's size twice for a moment.`,
      {
        cause: error,
      },
    );
  } finally {
    await Promise.all([image, draft].map((path) => rm(path, { force: true })));
  }
}

type About = { id: string; name: string | null; image: string; from: string | null; size: number };

async function find({ find: environments, images }: SharingDeps, name: string): Promise<About> {
  const environment = await environments(name);
  const details = await images.inspect(environment?.digest ?? name);
  if (!details) {
    throw new GradeportError(
      'not-found',
      `There is no environment and no image "${name}". "gradeport env list" shows the environments.`,
    );
  }
  const image = environment?.image ?? details.tags[0] ?? name;
  const { id, size, repoDigests } = details;
  return { id, size, image, name: environment?.name ?? null, from: repoDigests[0] ?? null };
}

/** Exports by id, so that no name travels inside. The size of the stream is unknown before it ends. */
async function saveImage(
  { transfers }: SharingDeps,
  { id, size }: About,
  file: string,
  news: JobNews,
  stopped: AbortSignal,
): Promise<Part> {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = (await transfers.save(id, stopped)) as AsyncIterable<Uint8Array>;
  async function* counted() {
    for await (const chunk of hashing(stream, hash)) {
      bytes += chunk.byteLength;
      news.progress({ step: 'saving the image', done: Math.min(bytes, size), total: size, unit: 'bytes' });
      yield chunk;
    }
  }
  await pipeline(counted, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal: stopped });
  return { name: IMAGE, bytes, sha256: hash.digest('hex') };
}

const partsOf = (samples: SampleFiles): Part[] =>
  [...samples].map(([name, content]) => ({
    name,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));

type Contents = { samples: SampleFiles; image: string; onBytes: (done: number) => void };

async function writeArchive(
  draft: string,
  provenance: Provenance,
  { samples, image, onBytes }: Contents,
  stopped: AbortSignal,
): Promise<void> {
  const pack = tar.pack();
  const mtime = new Date(provenance.at);
  async function* counted() {
    let done = 0;
    for await (const chunk of createReadStream(image)) {
      done += chunk.length;
      onBytes(done);
      yield chunk;
    }
  }
  const add = async () => {
    pack.entry({ name: PROVENANCE, mtime }, `${JSON.stringify(provenance, null, 2)}\n`);
    for (const [name, content] of samples) pack.entry({ name, mtime }, content);
    const entry = pack.entry({ name: IMAGE, mtime, size: (await stat(image)).size });
    await pipeline(counted, entry, { signal: stopped });
    pack.finalize();
  };
  const target = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
  await Promise.all([pipeline(pack, target, { signal: stopped }), add()]);
}
