/** Grades one submission, from its submit call to its verdict in the store. */
import type { Outcome, User } from '../../server/model/collections.ts';
import { granted } from '../../server/model/verb.ts';
import { submitAnswers } from '../../server/submissions/submit.ts';
import { COURSE, type TaskId } from './course.ts';
import type { House } from './house.ts';

/** ms: from the call of submit until the run is done in the store, as reported to its listeners. */
export type Timed = { run: string; ms: number; outcome: Outcome };

const TIMEOUT_MS = 120_000;
const ANSWERS = new Map([['q', 'an answer']]);

export async function gradeOne(house: House, user: User, task: TaskId): Promise<Timed> {
  const begun = performance.now();
  const run = await submit(house, user, task);
  const ms = (await untilDone(house, run)) - begun;
  return { run, ms, outcome: await successOf(house, run) };
}

/** Like gradeOne; a run that found no waiting slot is an error, because it is another measure. */
export async function gradeWarm(house: House, user: User, task: TaskId): Promise<Timed> {
  const { misses } = house.slots.stats();
  const timed = await gradeOne(house, user, task);
  if (house.slots.stats().misses > misses) throw new Error(`No slot was waiting for task "${task}".`);
  return timed;
}

export async function submit(house: House, user: User, task: TaskId): Promise<string> {
  const deps = { grading: house.grading, courses: house.catalogue, clock: Date.now };
  const read = async () => ({ answers: ANSWERS });
  const { run } = await granted(submitAnswers(deps, user, { course: COURSE, task, read }));
  return run;
}

/** The time at which the run was done. */
export async function untilDone({ events, signal }: House, run: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const done = () => resolve(performance.now());
  const story = await events.follow(run, { attempt: 0, after: 0 });
  story?.listen((_run, { type }) => {
    if (type === 'done') done();
  });
  if (story?.last() === 'done') done();
  const timer = setTimeout(() => reject(new Error('A run got no verdict.')), TIMEOUT_MS);
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return promise.finally(() => {
    story?.stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
}

/** Fails unless the run succeeded: a benchmark of failures would be worthless. */
export async function successOf({ store }: House, run: string): Promise<Outcome> {
  const stored = await store.runs.get(run);
  if (stored?.state !== 'done' || !stored.outcome) throw new Error('A run was reported done but is not.');
  const { verdict, summary, details } = stored.outcome;
  if (verdict !== 'success') throw new Error(`A run got the verdict "${verdict}": ${summary} ${details}`);
  return stored.outcome;
}
