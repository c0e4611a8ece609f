/** The schemas of environments, as verbs return them. */
import { z } from 'zod';
import type { HistoryStep } from '../../ports/engine/images.ts';
import type { SeenEnvironment } from './audience.ts';
import type { EngineState, Environment, TestSummary } from './environment.ts';
import type { Announcement } from './labels.ts';
import type { RunsAs } from './runs-as.ts';

const testSummarySchema = z.object({
  at: z.string(),
  runtime: z.string(),
  passed: z.boolean(),
  cases: z.int(),
  failed: z.int(),
}) satisfies z.ZodType<TestSummary>;

export const announcementSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  needRoot: z.boolean(),
  needGpu: z.boolean(),
  ports: z.array(z.number()),
  advertised: z.boolean(),
  commandsLinked: z.boolean(),
  languages: z.array(z.string()),
  aliases: z.array(z.string()),
  samples: z.string().nullable(),
  fault: z.string().nullable(),
}) satisfies z.ZodType<Announcement>;

const { fault: _fault, ...announced } = announcementSchema.shape;

/** The API and commands print the fields in this order. */
export const environmentSchema = z.object({
  ...announced,
  samples: z.string().nullable().exactOptional(),
  whichLabels: z.string().exactOptional(),
  image: z.string(),
  digest: z.string(),
  size: z.number(),
  created: z.string(),
  runtime: z.string().nullable(),
  reason: z.string(),
  available: z.boolean(),
  lost: z.array(z.object({ name: z.string(), reason: z.string() })),
  tested: testSummarySchema.nullable().exactOptional(),
  update: z
    .object({
      digest: z.string(),
      image: z.string(),
      state: z.enum(['staged', 'held']),
      tested: testSummarySchema.nullable(),
    })
    .nullable()
    .exactOptional(),
  revision: z.enum(['staged', 'held', 'retired']).exactOptional(),
}) satisfies z.ZodType<Environment>;

export const seenEnvironmentSchema = z.object({
  environment: environmentSchema,
  beside: z.array(environmentSchema),
}) satisfies z.ZodType<SeenEnvironment>;

export const engineStateSchema = z.object({
  ok: z.boolean(),
  sentence: z.string(),
}) satisfies z.ZodType<EngineState>;

export const runsAsSchema = z.object({
  grader: z.int(),
  student: z.int(),
  sentence: z.string(),
}) satisfies z.ZodType<RunsAs>;

export const historyStepSchema = z.object({
  command: z.string(),
  size: z.number(),
  createdMs: z.number(),
}) satisfies z.ZodType<HistoryStep>;
