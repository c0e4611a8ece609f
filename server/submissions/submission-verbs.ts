/** The verbs on runs: see or stop one, or grade it once more to look for a fault. */
import { z } from 'zod';
import { runSchema, type User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import { type Whose, whoseOf } from '../people/people-of-a-run.ts';
import type { Store } from '../ports/store.ts';
import type { Grading } from './port.ts';
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

/** stopped: false when it was over already. */
export const stopRun = verb({
  input: ofRun,
  output: z.object({ stopped: z.boolean() }),
  refuses: [],
  run: async ({ grading }: Deps<'kill'>, who: User, { run }) => ({ stopped: await grading.kill(who, run) }),
});

/** Grades once more with the grader's "debug" set, as a run of the user's own. For staff. */
export const debugRun = verb({
  input: ofRun,
  output: ofRun,
  refuses: [],
  run: async ({ grading }: Deps<'debug'>, who: User, { run }) => ({ run: await grading.debug(who, run) }),
});
