/** The verbs on runs: see or stop one, or grade it once more to look for a fault. */
import { z } from 'zod';
import { runSchema, type User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import { type Whose, whoseOf } from '../people/people-of-a-run.ts';
import type { Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { type Grading, STOPPED } from './port.ts';
import { visibleRun } from './visible.ts';

type Deps<K extends keyof Grading> = { grading: Pick<Grading, K> };

const ofRun = z.strictObject({ run: z.string() });

export const whoseSchema = z.object({
  student: z.string(),
  group: z.string().nullable(),
  shown: z.string(),
}) satisfies z.ZodType<Whose>;

/** The whole run. What a user may see of its outcome depends on the reader, too: the site shows it. */
export const showRun = verb({
  input: ofRun,
  output: z.object({ run: runSchema, whose: whoseSchema }),
  refuses: [],
  async run({ store }: { store: Pick<Store, 'runs' | 'users'> }, who: User, { run: id }) {
    const run = await visibleRun(store, who, id);
    return { run, whose: await whoseOf(store, run) };
  },
});

/** stopped: false when it has a verdict already. */
export const stopRun = verb({
  input: ofRun,
  output: z.object({ stopped: z.boolean(), how: z.enum(STOPPED) }),
  refuses: [],
  async run({ grading }: Deps<'kill'>, who: User, { run }) {
    const how = await grading.kill(who, run);
    return { stopped: how === 'stopped' || how === 'stopping', how };
  },
});

/** Grades once more with the grader's "debug" set, as a run of the user's own. For staff. */
export const debugRun = verb({
  input: ofRun,
  output: ofRun,
  refuses: [],
  run: async ({ grading }: Deps<'debug'>, who: User, { run }) => ({ run: await grading.debug(who, run) }),
});

/** A file that was handed in, as it was. Fails with "not-found" where this answer is no file. */
export const openAnswerFile = verb({
  input: z.strictObject({ run: z.string(), problem: z.string() }),
  output: z.object({ filename: z.string(), content: z.custom<Buffer>(Buffer.isBuffer) }),
  refuses: [],
  async run(
    { store }: { store: Pick<Store, 'runs' | 'submissions' | 'blobs'> },
    who: User,
    { run: id, problem },
  ) {
    const run = await visibleRun(store, who, id);
    const answers = (await store.submissions.get(run.submission))?.answers ?? {};
    const answer = Object.hasOwn(answers, problem) ? answers[problem] : undefined;
    if (typeof answer !== 'object' || Array.isArray(answer))
      throw new GradeportError('not-found', 'There is no such file in this submission.');
    return { filename: answer.filename, content: await store.blobs.get(answer.blob) };
  },
});
