/** Which grades are owed, as the store has them. */
import type { Submission } from '../model/collections.ts';
import { type GradeReturn, newGradeReturn } from '../model/lti.ts';
import type { Filter, Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { latestNextAt, owedAt, WAITS_MS } from './grade-return-policy.ts';

/** Looked at together; the rest of a class is next. */
const BATCH = 100;
/** A run that failed by our fault is done without a grade: no reader waits for it. */
const LATELY_MS = 300_000;

/** A student came to a task from a platform that takes their grade. */
export type Arrival = Pick<GradeReturn, 'course' | 'task' | 'userId' | 'place'>;

export type OwedGradesDeps = {
  store: Pick<Store, 'runs' | 'gradeReturns'>;
  /** The last that the student, or a group of theirs, handed in; null: nothing yet. */
  last: (of: Pick<GradeReturn, 'course' | 'task' | 'userId'>) => Promise<Submission | null>;
  clock: () => number;
};

export function createOwedGrades({ store, last, clock }: OwedGradesDeps) {
  async function owe(which: Filter): Promise<boolean> {
    const change = { $set: owedAt(clock()), $inc: { serial: 1 } };
    return (await store.gradeReturns.updateMany(which, change)) > 0;
  }

  return {
    /** @returns whether a grade is owed now that was not before */
    async toArrived({ userId, place, ...task }: Arrival): Promise<boolean> {
      const submission = await last({ userId, ...task });
      if (submission === null) return false;
      const owed = newGradeReturn(submission, { userId, place }, new Date(clock()).toISOString());
      try {
        await store.gradeReturns.insert({ ...owed, state: 'waiting' });
        return true;
      } catch (error) {
        // It was noted when it was handed in.
        if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
        return false;
      }
    },
    /** @returns whether the run's grade is owed to any platform; most are not */
    async forRun(runId: string): Promise<boolean> {
      const [row] = await store.runs.pluck(['submission'], { id: runId, debug: { $ne: true } });
      const submission = row?.[0];
      return typeof submission === 'string' && owe({ submission });
    },
    /** Notes verdicts whose event was missed: the server ended between storing one and noting that its grade is owed. */
    async recover(): Promise<void> {
      await bringForward(store, clock());
      for (const { id, submission } of await store.gradeReturns.find({ state: 'ungraded' })) {
        const isGraded = await store.runs.findOne({ submission, state: 'done', debug: { $ne: true } });
        if (isGraded) await owe({ id });
      }
    },
    /** The same for the verdicts of the last minutes, whose event may have been lost. @returns whether there was one */
    async missedLately(): Promise<boolean> {
      const since = new Date(clock() - LATELY_MS).toISOString();
      let isOwed = await bringForward(store, clock());
      for (const { id, submission } of await store.gradeReturns.find({ state: 'ungraded' })) {
        const isGraded = await store.runs.findOne({
          submission,
          state: 'done',
          debug: { $ne: true },
          doneAt: { $gte: since },
        });
        if (isGraded) isOwed = (await owe({ id })) || isOwed;
      }
      return isOwed;
    },
    due(): Promise<GradeReturn[]> {
      const now = new Date(clock()).toISOString();
      return store.gradeReturns.find(
        { state: 'waiting', nextAt: { $lte: now } },
        { sort: { nextAt: 1 }, limit: BATCH },
      );
    },
    /** The owed grade whose time comes first. */
    async next(): Promise<GradeReturn | undefined> {
      const [next] = await store.gradeReturns.find({ state: 'waiting' }, { sort: { nextAt: 1 }, limit: 1 });
      return next;
    },
    /** Changes nothing when it was graded again meanwhile: then that grade is to be sent, too. */
    async conclude({ id, serial }: GradeReturn, change: Partial<GradeReturn>): Promise<void> {
      await store.gradeReturns.update({ id, state: 'waiting', serial }, { $set: change });
    },
  };
}

/** Grades that a clock noted which was ahead are due now: they would wait until it is that time again. */
async function bringForward({ gradeReturns }: Pick<Store, 'gradeReturns'>, now: number): Promise<boolean> {
  const later = { state: 'waiting', nextAt: { $gt: latestNextAt(0, now) } } as const;
  if ((await gradeReturns.find(later, { limit: 1 })).length === 0) return false;
  let isDue = false;
  for (let tries = 0; tries <= WAITS_MS.length; tries++) {
    const late = { state: 'waiting', tries, nextAt: { $gt: latestNextAt(tries, now) } } as const;
    const change = { $set: { nextAt: new Date(now).toISOString() } };
    isDue = (await gradeReturns.updateMany(late, change)) > 0 || isDue;
  }
  return isDue;
}
