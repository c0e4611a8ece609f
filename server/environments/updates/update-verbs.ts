/** What operators do about outdated images. */
import { z } from 'zod';
import { longVerb } from '../../jobs/long-verb.ts';
import { verb } from '../../model/verb.ts';
import { type Actor, signature } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type ImageDeps, mayShare } from '../registries/registry-verbs.ts';
import { type Freshness, readFreshness } from './outdated.ts';
import { type Updated, type UpdatePlan, type Updates, updatedSentence } from './update-plan.ts';

type Deps = { updates: Pick<Updates, 'plan' | 'work'> };

const freshnessSchema = z.object({
  image: z.string(),
  name: z.string().nullable(),
  id: z.string(),
  state: z.enum(['current', 'outdated', 'pinned', 'unknown']),
  local: z.string(),
  remote: z.string().nullable(),
  reason: z.string(),
}) satisfies z.ZodType<Freshness>;

const stepSchema = z.object({
  image: z.string(),
  names: z.array(z.string()),
  bases: z.array(z.string()),
  how: z.enum(['pull', 'tag', 'rebuild']),
  why: z.string(),
});
const leftSchema = z.array(z.object({ image: z.string(), why: z.string() }));
const planSchema = z.object({ steps: z.array(stepSchema), left: leftSchema }) satisfies z.ZodType<UpdatePlan>;
const updatedSchema = z.object({
  done: z.array(stepSchema),
  failed: z.array(z.object({ image: z.string(), error: z.string() })),
  left: leftSchema,
}) satisfies z.ZodType<Updated>;

/** Grading names or image names, each with its bases; null: all. */
const names = z.array(z.string().max(600)).max(500).nullable();
const signal = z.instanceof(AbortSignal);

/** The images from registries, and whether the registry has a newer one now. */
export const listOutdated = verb({
  input: z.strictObject({ stopped: signal.optional() }),
  output: z.array(freshnessSchema),
  refuses: [],
  may: mayShare,
  run: ({ sharing }: ImageDeps, _who: Actor, { stopped }) => readFreshness(sharing, stopped),
});

/** Each request to a registry has its own timeout; this one bounds the wait for all of them. */
const PATIENCE_MS = 60_000;

/** The plan of an update. Without a signal the check is given up after a minute. */
export const planUpdates = verb({
  input: z.strictObject({ names, stopped: signal.optional() }),
  output: planSchema,
  refuses: [],
  may: mayShare,
  run: ({ updates }: Deps, _who: Actor, { names: wanted, stopped }) =>
    updates.plan(wanted, stopped ?? AbortSignal.timeout(PATIENCE_MS)),
});

export const updateImages = longVerb({
  input: z.strictObject({ names }),
  output: updatedSchema,
  refuses: [],
  may: mayShare,
  begin: ({ updates }: Deps, who: Actor, wanted) => ({
    about: {
      kind: 'update',
      title: wanted.names === null ? 'Update all' : `Update ${wanted.names.join(', ')}`,
    },
    run: updates.work(wanted.names, signature(who)),
    result(updated) {
      const sentence = updatedSentence(updated);
      if (updated.failed.length > 0) throw new GradeportError('conflict', sentence);
      return { sentence, environment: null };
    },
  }),
});
