/** The shapes of revisions: the images of a grading name, which one grades, and pins of tasks. */
import { z } from 'zod';
import { instant } from './instant.ts';

/** The result of one sample on one image. differences: one sentence each; empty: as expected. */
const caseOutcomeSchema = z.object({
  /** null for a sample of the image itself. */
  task: z.object({ course: z.string(), task: z.string() }).nullable(),
  sample: z.string(),
  differences: z.array(z.string()),
  verdict: z.string().nullable(),
  grade: z.number().nullable(),
  /** The result of the revision that graded then; null: it was not run. */
  before: z.object({ verdict: z.string(), grade: z.number() }).nullable(),
});

const revisionTestSchema = z.object({
  at: instant,
  runtime: z.string(),
  passed: z.boolean(),
  cases: z.array(caseOutcomeSchema),
});

const REVISION_ORIGINS = ['found', 'build', 'pull', 'import', 'update'] as const;

/**
 * named: the image has a name in the engine that people gave. moved: that name leads to another image now. removed:
 * people removed the name. gone: the image is not in the engine.
 */
const presenceSchema = z.enum(['named', 'moved', 'removed', 'gone']);
export type Presence = z.infer<typeof presenceSchema>;
/** What one engine has of a revision. image: a reference that people know, as last seen there. */
const onEngineSchema = z.object({ presence: presenceSchema, image: z.string() });
/** Stands for the id of the first engine after an upgrade: version 1 did not record which engine it was. */
export const FIRST_ENGINE = 'first-engine';

/** An image that is, was or may become the one that grades under a name. `currents` says which one does. */
export const storedRevisionSchema = z.object({
  /** `${name}@${digest}` */
  id: z.string(),
  name: z.string(),
  digest: z.string(),
  /** A reference that people know, as it was when the image came. */
  image: z.string(),
  at: instant,
  by: z.string().nullable(),
  from: z.enum(REVISION_ORIGINS),
  /** When, by whom and why it last became current; null: never yet. */
  promotedAt: instant.nullable(),
  promotedBy: z.string().nullable(),
  why: z.string(),
  /** held: its samples did not come out as expected. */
  stage: z.enum(['staged', 'held']),
  /** A person rolled back from this revision: it becomes current again only on request. */
  setAside: z.boolean(),
  /** By the id of the engine; an engine that never had the revision is missing. */
  engines: z.record(z.string(), onEngineSchema),
  test: revisionTestSchema.nullable(),
});
export type StoredRevision = z.infer<typeof storedRevisionSchema>;

/** Which revision grades under a name: changed by compare-and-set, so that of two who promote one wins. */
export const currentSchema = z.object({
  /** The grading name. */
  id: z.string(),
  digest: z.string(),
  /** Grows with every change. */
  serial: z.int(),
});
export type Current = z.infer<typeof currentSchema>;

/** A task that is graded by one revision, whatever becomes current. */
export const pinSchema = z.object({
  /** `${course}/${task}` */
  id: z.string(),
  course: z.string(),
  task: z.string(),
  name: z.string(),
  digest: z.string(),
  by: z.string().nullable(),
  at: instant,
});
export type Pin = z.infer<typeof pinSchema>;
