/** What people do with submissions: hand in, stop a run, grade once more to look for a fault. */
import { z } from 'zod';
import type { User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import type { Store } from '../ports/store.ts';
import { refuse } from '../rules/problems.ts';
import type { Grading } from './port.ts';
import { visibleRun } from './visible.ts';

type Deps<K extends keyof Grading> = { grading: Pick<Grading, K> };
type Runs = { store: Pick<Store, 'runs'> };

/** Text, chosen indexes, or an uploaded file with its bytes. The task says which, and how long they may be. */
const answerSchema = z.union([
  z.string(),
  z.array(z.string()),
  z.object({ filename: z.string(), content: z.instanceof(Uint8Array) }),
]);
const ofRun = z.strictObject({ run: z.string() });

export const submitAnswers = verb({
  input: z.strictObject({
    course: z.string(),
    task: z.string(),
    /** By problem id. */
    answers: z.map(z.string(), answerSchema),
    lang: z.string().max(20).default('en'),
    /** The "@random" numbers on the page; absent: a program asks. */
    random: z.array(z.number()).optional(),
    /** One of the task's choices; absent: its own. */
    environment: z.string().max(200).optional(),
  }),
  output: z.object({ submission: z.string(), run: z.string() }),
  refuses: ['answers-faulty'],
  async run({ grading }: Deps<'submit'>, who: User, { course, task, answers, ...given }) {
    const { lang, random, environment } = given;
    const result = await grading.submit(who, course, task, answers, {
      lang,
      ...(random && { random }),
      ...(environment !== undefined && { environment }),
    });
    return result.ok ? result : refuse('answers-faulty', { faults: result.faults });
  },
});

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

/** With the grader's "debug" set, as a run of the asker's own: for staff. */
export const debugRun = verb({
  input: ofRun,
  output: ofRun,
  refuses: [],
  async run({ grading, store }: Deps<'debug'> & Runs, who: User, { run }) {
    await visibleRun(store, who, run);
    return { run: await grading.debug(who, run) };
  },
});
