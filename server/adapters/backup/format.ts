/**
 * A backup is one tar, compressed with gzip. It holds, in order: manifest.json, documents/<collection>/<number>.jsonl,
 * blobs/<SHA-256> and checks.json. The last file distinguishes a complete backup from one that is cut short.
 */
import { z } from 'zod';
import { type CollectionName, collectionNames } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import { MAX_BLOB_BYTES } from '../documents/blobs.ts';

export const FORMAT = 'gradeport-store';
/** Raise it with every change that an older reader would misread. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';
export const CHECKS = 'checks.json';

const MIB = 2 ** 20;
/** A part is closed once it reaches this size; one document may be longer. */
export const PART_BYTES = 4 * MIB;
/** MongoDB's documents end at 16 MiB; SQLite's answers are bounded by maxTextBytes. */
const MOST_PART_BYTES = 128 * MIB;
const MOST_MANIFEST_BYTES = 64 * 1024;
const MOST_CHECKS_BYTES = 256 * MIB;

/** The fields that every version of the manifest has: they say which version it is. */
export const kindSchema = z.object({ format: z.string(), version: z.number() });
export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  /** The Gradeport that wrote it, and the version of its documents. */
  gradeport: z.string().max(100),
  schema: z.int().positive(),
  createdAt: z.iso.datetime(),
  source: z.enum(['sqlite', 'mongodb']),
});
export type Manifest = z.infer<typeof manifestSchema>;

const partSchema = z.strictObject({
  name: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  documents: z.int().nonnegative(),
});
export type Part = z.infer<typeof partSchema>;
const countSchema = z.strictObject({ documents: z.int().nonnegative(), checksum: z.string() });

export const checksSchema = z.strictObject({
  parts: z.array(partSchema),
  collections: z.record(z.string(), countSchema),
  blobs: z.strictObject({ files: z.int().nonnegative(), bytes: z.int().nonnegative() }),
  /** Uploads that the store had already lost; only with --allow-missing. */
  missing: z.array(z.string()),
});
export type Checks = z.infer<typeof checksSchema>;

const DOCUMENTS = new RegExp(`^documents/(${collectionNames.join('|')})/\\d{6}\\.jsonl$`);
const BLOB = /^blobs\/([0-9a-f]{64})$/;

export const partName = (name: CollectionName, number: number): string =>
  `documents/${name}/${String(number).padStart(6, '0')}.jsonl`;
export const blobName = (key: string): string => `blobs/${key}`;
export const collectionOf = (name: string): CollectionName | null =>
  (DOCUMENTS.exec(name)?.[1] ?? null) as CollectionName | null;
export const blobKeyOf = (name: string): string | null => BLOB.exec(name)?.[1] ?? null;

/** The most bytes that a file of this name may have; null: no backup has such a file. */
export function mostBytesOf(name: string): number | null {
  if (name === MANIFEST) return MOST_MANIFEST_BYTES;
  if (name === CHECKS) return MOST_CHECKS_BYTES;
  if (collectionOf(name) !== null) return MOST_PART_BYTES;
  return blobKeyOf(name) === null ? null : MAX_BLOB_BYTES;
}

/** @param why completes "because …" */
export const badArchive = (file: string, why: string, cause?: unknown): GradeportError =>
  new GradeportError(
    'usage',
    `${file} is not a backup that can be restored: ${why}. Nothing was changed; use another one.`,
    {
      cause,
    },
  );
