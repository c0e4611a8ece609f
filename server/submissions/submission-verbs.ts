/** The verbs on runs: stop one, or grade it once more to look for a fault. Submitting is in submit.ts. */
import { z } from 'zod';
import type { User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import type { Store } from '../ports/store.ts';
import type { Grading } from './port.ts';
import { visibleRun } from './visible.ts';

type Deps<K extends keyof Grading> = { grading: Pick<Grading, K> };
type Runs = { store: Pick<Store, 'runs'> };

const ofRun = z.strictObject({ run: z.string() });

/** stopped: false when it was over already. */
export const stopRun = verb({
  input: ofRun,
  output: z.object({ stopped: z.boolean() }),
  refuses: [],
  async run({ grading, store }: Deps<'kill'> & Runs, who: User, { run }) {
    await visibleRun(store, who, run);
    return { stopped: await grading.kill(who, run) };
  },
});

/** Grades once more with the grader's "debug" set, as a run of the user's own. For staff. */
export const debugRun = verb({
  input: ofRun,
  output: ofRun,
  refuses: [],
  async run({ grading, store }: Deps<'debug'> & Runs, who: User, { run }) {
    await visibleRun(store, who, run);
    return { run: await grading.debug(who, run) };
  },
});
