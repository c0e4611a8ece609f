/**
 * Several images in one file, for machines without a network: a tar with offline.json (what it is), images/1.tar, …
 * (each as `env export` writes one image), perhaps packages.tar.gz (Gradeport's own dependencies), and parts.json (sizes
 * and hashes of the parts, which are known only after they are written).
 */
import { z } from 'zod';
import { malformed } from './archive-format.ts';

export const HEADER = 'offline.json';
export const PACKAGES = 'packages.tar.gz';
export const PARTS = 'parts.json';
export const imagePart = (number: number): string => `images/${number}.tar`;

export const MAX_IMAGES = 200;
export const MAX_HEADER_BYTES = 64 * 2 ** 10;
/** Four times what they take today. */
export const MAX_PACKAGES_BYTES = 2 ** 30;

export const headerSchema = z.strictObject({
  format: z.literal('gradeport-offline'),
  version: z.literal(1),
  /** The version that wrote this file. */
  gradeport: z.string().max(50),
  by: z.string().max(200).nullable(),
  at: z.iso.datetime(),
  /** Where the packages run: they have programs in them. null: they are not in the file. */
  packages: z
    .strictObject({
      platform: z.string().max(20),
      arch: z.string().max(20),
      /** SHA-256 of the package-lock.json that they were installed by. */
      lock: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .nullable(),
});
export type PackHeader = z.infer<typeof headerSchema>;

const partsSchema = z
  .array(
    z.strictObject({
      name: z.string().regex(/^(images\/[1-9]\d{0,2}\.tar|packages\.tar\.gz)$/),
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  )
  .max(MAX_IMAGES + 1);
export type PackPart = z.infer<typeof partsSchema>[number];

export const readHeader = (bytes: Buffer, file: string): PackHeader =>
  readJson(headerSchema, bytes, HEADER, file);
export const readParts = (bytes: Buffer, file: string): PackPart[] =>
  readJson(partsSchema, bytes, PARTS, file);

function readJson<T>(schema: z.ZodType<T>, bytes: Buffer, name: string, file: string): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw malformed(file, `${name} is not JSON`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(file, `${name}: ${issue?.path.join('.') || 'all of it'}: ${issue?.message}`);
}
