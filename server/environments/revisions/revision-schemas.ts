/** The schemas of revisions, as verbs return them. */
import { z } from 'zod';
import type { CaseOutcome, GradedRun, PrunePlan, Revision, RevisionTest } from './port.ts';

const taskSchema = z.object({ course: z.string(), task: z.string() });
const gradeSchema = z.object({ verdict: z.string(), grade: z.number() });

const caseSchema = z.object({
  task: taskSchema.nullable(),
  sample: z.string(),
  differences: z.array(z.string()),
  verdict: z.string().nullable(),
  grade: z.number().nullable(),
  before: gradeSchema.nullable(),
}) satisfies z.ZodType<CaseOutcome>;

export const revisionTestSchema = z.object({
  at: z.string(),
  runtime: z.string(),
  passed: z.boolean(),
  cases: z.array(caseSchema),
}) satisfies z.ZodType<RevisionTest>;

export const revisionSchema = z.object({
  name: z.string(),
  digest: z.string(),
  image: z.string(),
  state: z.enum(['staged', 'held', 'current', 'retired']),
  at: z.string(),
  promotedAt: z.string().nullable(),
  promotedBy: z.string().nullable(),
  why: z.string(),
  by: z.string().nullable(),
  from: z.enum(['found', 'build', 'pull', 'import', 'update']),
  test: revisionTestSchema.nullable(),
  here: z.boolean(),
  runs: z.int(),
  pinned: z.array(taskSchema),
}) satisfies z.ZodType<Revision>;

export const gradedRunSchema = z.object({
  run: z.string(),
  course: z.string(),
  task: z.string(),
  at: z.string(),
  verdict: z.string().nullable(),
  grade: z.number().nullable(),
}) satisfies z.ZodType<GradedRun>;

export const prunePlanSchema = z.object({
  name: z.string(),
  digest: z.string(),
  image: z.string(),
  remove: z.boolean(),
  reason: z.string(),
}) satisfies z.ZodType<PrunePlan>;
