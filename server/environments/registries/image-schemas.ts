/** The schemas of images in registries, as verbs return them. */
import { z } from 'zod';
import { announcementSchema } from '../discovery/environment-schemas.ts';
import type { KnownRegistry } from './credentials.ts';
import type { Looked } from './look-at-image.ts';
import type { Pulled } from './pull.ts';
import type { Pushed } from './push.ts';
import type { Find } from './search.ts';

const trustSchema = z.enum(['official', 'automated', 'listed', 'by-digest', 'local']);

export const lookedSchema = z.object({
  reference: z.string(),
  pinned: z.string(),
  digest: z.string(),
  id: z.string(),
  downloadBytes: z.number(),
  layers: z.int(),
  created: z.string().nullable(),
  architecture: z.string(),
  environment: announcementSchema.nullable(),
  runtime: z.string().nullable(),
  reason: z.string(),
  here: z.boolean(),
  trust: z.array(trustSchema),
}) satisfies z.ZodType<Looked>;

export const pulledSchema = lookedSchema.extend({
  image: z.string(),
  changed: z.boolean(),
}) satisfies z.ZodType<Pulled>;

export const pushedSchema = z.object({
  image: z.string(),
  pinned: z.string(),
  name: z.string(),
}) satisfies z.ZodType<Pushed>;

export const findSchema = z.object({
  name: z.string(),
  description: z.string(),
  stars: z.number(),
  trust: z.array(trustSchema),
  refused: z.string().nullable(),
}) satisfies z.ZodType<Find>;

export const registrySchema = z.object({
  host: z.string(),
  user: z.string(),
  by: z.string().nullable(),
  at: z.string(),
}) satisfies z.ZodType<KnownRegistry>;
