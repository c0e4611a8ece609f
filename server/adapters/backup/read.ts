/** Reads a backup without trusting it: names, sizes, checksums and every document are checked on the way. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { type CollectionName, collections } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import { hashOf } from '../documents/blobs.ts';
import { checkDocument } from '../documents/check-document.ts';
import { CURRENT_SCHEMA, migrated, type Schema } from '../migrations/migrations.ts';
import { mapOf } from '../transfer/load.ts';
import { createReferences, type Dangling } from '../transfer/references.ts';
import type { Doc } from '../transfer/source.ts';
import { createTally } from '../transfer/tally.ts';
import {
  badArchive,
  blobKeyOf,
  CHECKS,
  type Checks,
  checksSchema,
  collectionOf,
  FORMAT,
  FORMAT_VERSION,
  kindSchema,
  MANIFEST,
  type Manifest,
  manifestSchema,
  mostBytesOf,
  type Part,
} from './format.ts';
import { CutShort, readTar, TarFault } from './tar.ts';

export type ArchiveReader = {
  documents(name: CollectionName, docs: Doc[]): Promise<void>;
  blob(content: Buffer): Promise<void>;
};
export type Archive = { manifest: Manifest; checks: Checks; dangling: Dangling[] };

/** @throws GradeportError "usage" that says why it is not a backup; what was handed on before must not be used */
export async function readArchive(
  file: string,
  reader: ArchiveReader,
  stopped: AbortSignal,
  current: Schema = CURRENT_SCHEMA,
): Promise<Archive> {
  const input = createReadStream(file);
  const unpacked = createGunzip();
  input.on('error', (error) => unpacked.destroy(error));
  input.pipe(unpacked);
  try {
    return await readParts(file, unpacked, { reader, stopped, current });
  } catch (error) {
    throw sayWhy(file, error);
  } finally {
    input.destroy();
    unpacked.destroy();
  }
}

async function readParts(
  file: string,
  unpacked: AsyncIterable<Uint8Array>,
  { reader, stopped, current }: { reader: ArchiveReader; stopped: AbortSignal; current: Schema },
): Promise<Archive> {
  const seen = createSeen(current);
  let manifest: Manifest | null = null;
  let checks: Checks | null = null;
  for await (const { name, content } of readTar(unpacked, mostBytesOf)) {
    stopped.throwIfAborted();
    if (manifest === null) manifest = readManifest(file, name, content, current.version);
    else if (checks !== null) throw new TarFault(`"${name}" follows its checks`);
    else if (name === CHECKS) checks = seen.compare(checksSchema.parse(parse(name, content)));
    else await take(name, content, manifest.schema);
  }
  if (manifest === null || checks === null) throw new CutShort('it is cut short');
  return { manifest, checks, dangling: seen.references.dangling() };

  async function take(name: string, content: Buffer, schema: number): Promise<void> {
    const key = blobKeyOf(name);
    const collection = collectionOf(name);
    if (collection !== null) {
      await reader.documents(collection, seen.documents(collection, { name, content, schema }));
    } else if (key !== null) {
      seen.blob(key, content);
      await reader.blob(content);
    } else throw new TarFault(`a second "${name}" is in it`);
  }
}

function readManifest(file: string, name: string, content: Buffer, known: number): Manifest {
  const kind = name === MANIFEST ? kindSchema.safeParse(parse(name, content)).data : undefined;
  if (kind?.format !== FORMAT)
    throw badArchive(file, 'it does not begin with the manifest of a Gradeport store');
  if (kind.version !== FORMAT_VERSION) {
    const why = `its format is version ${kind.version}, and this Gradeport knows ${FORMAT_VERSION}`;
    throw badArchive(file, `${why}. Restore it with the Gradeport that wrote it, or a newer one`);
  }
  const manifest = manifestSchema.parse(parse(name, content));
  if (manifest.schema > known) {
    const why = `Gradeport ${manifest.gradeport} wrote it (schema ${manifest.schema}; this one knows ${known})`;
    throw badArchive(file, `${why}. Restore it with that version, or a newer one`);
  }
  return manifest;
}

/** Records what was read, to compare it with the backup's own checks. */
function createSeen(current: Schema) {
  const parts: Part[] = [];
  const tallies = mapOf(createTally);
  const ids = mapOf(() => new Set<string>());
  const references = createReferences();
  const blobs = new Map<string, number>();

  function documents(
    collection: CollectionName,
    { name, content, schema }: { name: string; content: Buffer; schema: number },
  ): Doc[] {
    const lines = linesIn(content).map((line) => parse(collection, line));
    // First as they are in the file, which the checks describe; then as this Gradeport has them.
    for (const line of lines) tallies[collection].add(line);
    const docs = lines.map((line) => toDocument(collection, line, { from: schema, current }));
    for (const doc of docs) {
      if (ids[collection].has(doc.id)) throw new TarFault(`${collection}/${doc.id} is in it twice`);
      ids[collection].add(doc.id);
      references.add(collection, doc);
    }
    parts.push({ name, bytes: content.length, sha256: hashOf(content), documents: docs.length });
    return docs;
  }

  function blob(key: string, content: Buffer): void {
    if (hashOf(content) !== key) throw new TarFault(`the upload ${key} in it is damaged`);
    if (!references.blobs.has(key)) throw new TarFault(`no submission names the upload ${key} in it`);
    if (blobs.has(key)) throw new TarFault(`the upload ${key} is in it twice`);
    blobs.set(key, content.length);
  }

  function compare(checks: Checks): Checks {
    const missing = [...references.blobs].filter((key) => !blobs.has(key)).sort();
    const bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0);
    const found: Checks = {
      parts,
      collections: mapOf(() => ({ documents: 0, checksum: '' })),
      blobs: { files: blobs.size, bytes },
      missing,
    };
    for (const [name, tally] of Object.entries(tallies)) found.collections[name] = tally.count();
    const said = { ...checks, missing: checks.missing.toSorted() };
    for (const part of ['parts', 'collections', 'blobs', 'missing'] as const)
      if (sorted(said[part]) !== sorted(found[part]))
        throw new TarFault(`its checks say other ${part} than are in it`);
    return checks;
  }

  return { documents, blob, compare, references };
}

/** JSON text with the keys in order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [two]) => (one < two ? -1 : 1)))
      : inner,
  );

const linesIn = (content: Buffer): string[] => content.toString('utf8').split('\n').slice(0, -1);

const oldSchema = z.looseObject({ id: z.string() });

/** Refuses a field that this Gradeport does not know: it would be lost. */
function toDocument(
  collection: CollectionName,
  line: unknown,
  { from, current }: { from: number; current: Schema },
): Doc {
  const old = checkDocument(collection, oldSchema, line);
  const schema = (collections[collection].schema as z.ZodObject).strict() as unknown as z.ZodType<Doc>;
  return checkDocument(`${collection}/${old.id}`, schema, migrated(current, from, collection, old));
}

function parse(name: string, text: Buffer | string): unknown {
  try {
    return JSON.parse(String(text));
  } catch (cause) {
    throw new TarFault(`"${name}" in it is not JSON`, { cause });
  }
}

function sayWhy(file: string, error: unknown): unknown {
  if (error instanceof TarFault) return badArchive(file, error.message, error);
  if (error instanceof z.ZodError) return badArchive(file, z.prettifyError(error), error);
  if (error instanceof GradeportError || !(error instanceof Error)) return error;
  // checkDocument threw this one: it names the document and the field.
  if (error instanceof TypeError && error.cause instanceof z.ZodError)
    return badArchive(file, error.message.replace(/\.$/, ''), error);
  const code = 'code' in error ? error.code : '';
  if (code === 'Z_BUF_ERROR') return badArchive(file, 'it is cut short', error);
  if (typeof code === 'string' && code.startsWith('Z_'))
    return badArchive(file, `it is damaged (${error.message})`, error);
  if (code === 'ENOENT')
    return new GradeportError('not-found', `There is no file ${file}.`, { cause: error });
  return error;
}
