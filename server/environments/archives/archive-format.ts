/**
 * An environment in one file: a tar with gradeport.json (where it comes from), samples/… and image.tar, in this order.
 * An import trusts none of it: every part is named, bounded, and hashed in gradeport.json.
 */
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import { isDigest } from '../registries/reference.ts';

export const PROVENANCE = 'gradeport.json';
export const IMAGE = 'image.tar';
export const SAMPLES = 'samples/';

export const MAX_PROVENANCE_BYTES = 2 * 2 ** 20;
export const MAX_SAMPLES = 5000;
export const MAX_SAMPLE_BYTES = 8 * 2 ** 20;
export const MAX_SAMPLES_BYTES = 64 * 2 ** 20;
/** The largest images that teachers use are a tenth of this. */
export const MAX_IMAGE_BYTES = 64 * 2 ** 30;

const MAX_DEPTH = 10;
/** A file name that is valid everywhere: no separator, no leading dot, nothing that a terminal would obey. */
const NAME = /^[\p{L}\p{N}_$][\p{L}\p{N} ._+@=,$-]{0,99}$/u;

export const isSamplePath = (path: string): boolean => {
  if (!path.startsWith(SAMPLES)) return false;
  const parts = path.slice(SAMPLES.length).split('/');
  return parts.length <= MAX_DEPTH && parts.every((part) => NAME.test(part));
};

const partSchema = z.strictObject({
  name: z.string().max(1100),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Part = z.infer<typeof partSchema>;

export const provenanceSchema = z.strictObject({
  format: z.literal('gradeport-environment'),
  version: z.literal(1),
  /** The grading name; null for a base. */
  name: z.string().max(200).nullable(),
  /** The name of the image in an engine. */
  image: z.string().max(600),
  /** The image's id: the digest of its configuration. */
  digest: z.string().refine(isDigest, 'expected sha256:…'),
  /** "host/repository@sha256:…" when it was pulled once, else null: it was built where it was exported. */
  from: z.string().max(600).nullable(),
  by: z.string().max(200).nullable(),
  at: z.iso.datetime(),
  /** The version that wrote this file. */
  gradeport: z.string().max(50),
  parts: z.array(partSchema).max(MAX_SAMPLES + 1),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** Fails with "usage". */
export function readProvenance(bytes: Buffer, file: string): Provenance {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw malformed(file, `${PROVENANCE} is not JSON`, error);
  }
  const parsed = provenanceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(file, `${PROVENANCE}: ${issue?.path.join('.') || 'all of it'}: ${issue?.message}`);
}

export const malformed = (file: string, why: string, cause?: unknown): GradeportError =>
  new GradeportError('usage', `${file} is not taken: ${why}. Export it again with "gradeport env export".`, {
    cause,
  });
