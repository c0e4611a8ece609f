/**
 * Checks the tar that an engine made of one image before another engine loads it. Such a tar may name other images,
 * and an engine trusts it. So only the parts of one unnamed image pass, and they are packed again, so
 * that no other reader can find anything else in the tar.
 */
import type { Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import { digestOf, type ImageConfig, MAX_CONFIG_BYTES, readConfig } from '../registries/client/documents.ts';
import { type Content, eachEntry, readAll, skip, type TarHeader } from './tar-reading.ts';

const MANIFEST = 'manifest.json';
/** The engines' two layouts: Docker's own up to version 24, and OCI's. */
const FILE =
  /^(?:manifest\.json|oci-layout|index\.json|[0-9a-f]{64}\.json|[0-9a-f]{64}\/(?:layer\.tar|json|VERSION)|blobs\/sha256\/[0-9a-f]{64})$/;
const FOLDER = /^(?:[0-9a-f]{64}|blobs|blobs\/sha256)$/;
/** A layer that occurs twice is a link to its first copy. */
const LINK = /^[0-9a-f]{64}\/layer\.tar$/;
const LINK_TARGET = /^\.\.\/[0-9a-f]{64}\/layer\.tar$/;
const MAX_ENTRIES = 5000;
/** Configurations and manifests are kept in memory until it is known which is which. */
const MAX_KEPT_BYTES = 32 * 2 ** 20;

const manifestSchema = z
  .array(
    z.object({
      Config: z.string().regex(FILE),
      RepoTags: z.array(z.string()).max(0, 'the image inside carries a name').nullish(),
      Layers: z.array(z.string().regex(FILE)).max(1000),
    }),
  )
  .length(1, 'expected one image');

export type ImageTar = { config: ImageConfig; digest: string };

/** Fails with "usage", saying what is wrong with the tar. */
export async function readImageTar(source: Content): Promise<ImageTar> {
  const kept = new Map<string, Buffer>();
  let keptBytes = 0;
  await eachHarmless(source, async ({ name, type, size }, content) => {
    const isSmall = type === 'file' && size <= MAX_CONFIG_BYTES && !name.endsWith('/layer.tar');
    if (!isSmall || keptBytes + size > MAX_KEPT_BYTES) return skip(content);
    keptBytes += size;
    kept.set(name, (await readAll(content, size)) ?? Buffer.of());
  });
  const manifest = manifestSchema.safeParse(tryJson(kept.get(MANIFEST)));
  if (!manifest.success) throw refused(manifest.error.issues[0]?.message ?? 'it has no manifest.json');
  const bytes = kept.get(manifest.data[0]?.Config ?? '');
  if (!bytes) throw refused('the configuration of the image is missing');
  return { config: configOf(bytes), digest: digestOf(bytes) };
}

/** readConfig's own error speaks of registries, so it is replaced. */
function configOf(bytes: Buffer): ImageConfig {
  try {
    return readConfig(bytes);
  } catch {
    throw refused('the configuration of the image is malformed');
  }
}

/** The same image, packed by us. */
export function repackImageTar(source: Content): Readable {
  const pack = tar.pack();
  const work = eachHarmless(source, async ({ name, type, size, linkname }, content) => {
    if (type === 'symlink') pack.entry({ name, type, linkname });
    else if (type === 'directory') pack.entry({ name, type });
    else await copy(content, pack.entry({ name, size, mode: 0o644 }));
  });
  work.then(
    () => pack.finalize(),
    (error: unknown) => pack.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(pack as AsyncIterable<Uint8Array>);
}

/** The pack asks for the next entry only when this one is complete. */
async function copy(content: Content, to: ReturnType<tar.Pack['entry']>): Promise<void> {
  const closed = Promise.withResolvers<void>();
  to.once('error', closed.reject);
  to.once('close', () => closed.resolve());
  for await (const chunk of content) {
    if (to.write(chunk)) continue;
    const drained = new Promise<void>((resolve) => to.once('drain', () => resolve()));
    await Promise.race([drained, closed.promise]);
  }
  to.end(null);
  await closed.promise;
}

/** Calls back for each entry, once the entry is known to belong to an image. */
async function eachHarmless(
  source: Content,
  handle: (header: TarHeader, content: Content) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  try {
    await eachEntry(source, async (header, content) => {
      const name = header.name.replace(/^\.\//, '').replace(/\/$/, '');
      check({ ...header, name });
      if (seen.has(name)) throw refused(`${name} is in it twice`);
      seen.add(name);
      if (seen.size > MAX_ENTRIES) throw refused('it has too many files');
      await handle({ ...header, name }, content);
      return 'go on';
    });
  } catch (error) {
    if (error instanceof GradeportError) throw error;
    throw refused(error instanceof Error ? error.message : String(error));
  }
}

function check({ name, type, linkname, pax }: TarHeader): void {
  // Sparse files carry their real name in a place of their own, which other readers look at.
  const isPlain = !Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.'));
  const isFine =
    (type === 'file' && FILE.test(name)) ||
    (type === 'directory' && FOLDER.test(name)) ||
    (type === 'symlink' && LINK.test(name) && LINK_TARGET.test(linkname));
  if (!isFine || !isPlain) throw refused(`${JSON.stringify(name.slice(0, 100))} does not belong there`);
}

const refused = (why: string): GradeportError =>
  new GradeportError('usage', `The image in the archive is not taken: ${why}.`);

function tryJson(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? '');
  } catch {
    return null;
  }
}

/** Passes bytes on, and hashes them on the way. */
export async function* hashing(source: Content, hash: Hash) {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
