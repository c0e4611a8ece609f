/** What people do with the revisions of an environment. Teachers see them and run samples; operators decide. */
import { z } from 'zod';
import { longVerb } from '../../jobs/long-verb.ts';
import { verb } from '../../model/verb.ts';
import { type Actor, can, signature } from '../../rules/access.ts';
import { refuse } from '../../rules/problems.ts';
import { shortDigest } from './images/revision-tags.ts';
import type { CaseOutcome, Revision, Revisions } from './port.ts';
import { gradedRunSchema, prunePlanSchema, revisionSchema, revisionTestSchema } from './revision-schemas.ts';
import { testSentence } from './tests/sample-test-sentences.ts';

type Deps<K extends keyof Revisions> = { revisions: Pick<Revisions, K> };
export type PinDeps = Deps<'pin'> & {
  /** environment null: the task is graded without one. */
  courses: { task(course: string, task: string): Promise<{ environment: string | null } | null> };
};

const name = z.string();
/** A digest or its beginning. `findRevision` says what is wrong with one. */
const digest = z.string().max(100).nullable().default(null);
/** A test starts before its revision is looked up. */
const testedDigest = z
  .string()
  .min(4, 'give at least the first 4 digits, as "gradeport env history" shows them')
  .max(100)
  .nullable()
  .default(null);
const taskSchema = z.strictObject({ course: z.string().max(200), task: z.string().max(200) });

function teaches(who: Actor): void {
  if (!can(who, 'test-environments', null)) refuse('revisions-are-for-teachers', {});
}
function decides(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('revisions-by-operators', {});
}

/** hidden: how many samples of other teachers' courses failed. */
const seenRevisionSchema = revisionSchema.extend({ hidden: z.int() });
export type SeenRevision = z.infer<typeof seenRevisionSchema>;

function seenBy(who: Actor, revision: Revision): SeenRevision {
  const isTheirs = ({ task }: CaseOutcome) =>
    task === null || can(who, 'see-staff-details', { course: task.course });
  const all = revision.test?.cases ?? [];
  const hidden = all.filter((one) => !isTheirs(one) && one.differences.length > 0).length;
  const pinned = revision.pinned.filter(({ course }) => can(who, 'see-staff-details', { course }));
  const test = revision.test && { ...revision.test, cases: all.filter(isTheirs) };
  return { ...revision, pinned, hidden, test };
}

/** Newest first. */
export const listRevisions = verb({
  input: z.strictObject({ name }),
  output: z.array(seenRevisionSchema),
  refuses: ['revisions-are-for-teachers'],
  may: teaches,
  run: async ({ revisions }: Deps<'list'>, who: Actor, given) =>
    (await revisions.list(given.name)).map((one) => seenBy(who, one)),
});

/** The runs of all courses that a revision graded. */
export const listGradedRuns = verb({
  input: z.strictObject({
    name,
    digest: z.string(),
    limit: z.int().min(1).max(1000).default(100),
    skip: z.int().min(0).default(0),
  }),
  output: z.array(gradedRunSchema),
  refuses: [],
  may: decides,
  run: ({ revisions }: Deps<'runs'>, _who: Actor, { name: given, digest: wanted, ...page }) =>
    revisions.runs(given, wanted, page),
});

/** digest null: the revision that waits, or the one that grades if none waits. */
export const testRevision = longVerb({
  input: z.strictObject({ name, digest: testedDigest }),
  output: revisionTestSchema.extend({ digest: z.string() }),
  refuses: ['nothing-to-test'],
  may(who: Actor) {
    if (!can(who, 'test-environments', null)) refuse('samples-are-for-teachers', {});
  },
  async begin({ revisions }: Deps<'list' | 'test'>, who: Actor, { name: given, digest: wanted }) {
    const all = await revisions.list(given);
    const waits = all.find(({ state, here }) => here && (state === 'staged' || state === 'held'));
    const chosen = wanted ?? (waits ?? all.find(({ state }) => state === 'current'))?.digest;
    if (chosen === undefined) return refuse('nothing-to-test', { environment: given });
    // The log names tasks of all courses.
    const hearsAll = can(who, 'operate', null);
    return {
      about: { kind: 'test', title: `Test ${given} ${shortDigest(chosen)}` },
      async run(news, stopped) {
        const heard = hearsAll ? news : { ...news, line: () => {} };
        return { ...(await revisions.test(given, chosen, stopped, heard)), digest: chosen };
      },
      result: ({ cases }) => ({ sentence: testSentence(cases), environment: all[0]?.name ?? given }),
    };
  },
});

/** digest null: the revision that waits. force: even if its samples failed or have not run. */
export const promoteRevision = verb({
  input: z.strictObject({ name, digest, force: z.boolean().default(false) }),
  output: revisionSchema,
  refuses: [],
  may: decides,
  run: ({ revisions }: Deps<'promote'>, who: Actor, { name: given, digest: wanted, force }) =>
    revisions.promote(given, wanted, signature(who), force),
});

/** digest null: the previous revision. */
export const rollBackRevision = verb({
  input: z.strictObject({ name, digest }),
  output: revisionSchema,
  refuses: [],
  may: decides,
  run: ({ revisions }: Deps<'rollback'>, who: Actor, { name: given, digest: wanted }) =>
    revisions.rollback(given, signature(who), wanted ?? undefined),
});

/** digest null: the revision that grades now. */
export const pinTask = verb({
  input: taskSchema.extend({ digest }),
  output: revisionSchema,
  refuses: ['no-task-to-pin'],
  may: decides,
  async run({ revisions, courses }: PinDeps, who: Actor, { course, task, digest: wanted }) {
    const found = await courses.task(course, task);
    if (!found?.environment) {
      return refuse('no-task-to-pin', { course, task, isThere: found !== null });
    }
    return revisions.pin({ course, task, environment: found.environment }, wanted, signature(who));
  },
});

export const unpinTask = verb({
  input: taskSchema,
  output: z.object({ wasPinned: z.boolean() }),
  refuses: [],
  may: decides,
  run: async ({ revisions }: Deps<'unpin'>, _who: Actor, task) => ({
    wasPinned: await revisions.unpin(task),
  }),
});

/** graded: also images that graded stored runs. */
const pruneInput = z.strictObject({ graded: z.boolean().default(false) });

export const planPrune = verb({
  input: pruneInput,
  output: z.array(prunePlanSchema),
  refuses: [],
  may: decides,
  run: ({ revisions }: Deps<'prunePlan'>, _who: Actor, { graded }) => revisions.prunePlan(graded),
});

/** Images that became needed since the plan was shown stay. */
export const pruneRevisions = verb({
  input: pruneInput,
  output: z.array(prunePlanSchema),
  refuses: [],
  may: decides,
  run: ({ revisions }: Deps<'prune'>, _who: Actor, { graded }) => revisions.prune(graded),
});
