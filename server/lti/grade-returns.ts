/**
 * Sends grades back to learning platforms. What is owed is in the store; each try sends the grade that counts at that
 * moment, so that tries that come late or twice do no harm.
 */
import type { Logger } from 'pino';
import type { Run, Submission } from '../model/collections.ts';
import { type GradeReturn, newGradeReturn } from '../model/lti.ts';
import { systemTimer, type Timer } from '../ports/clock.ts';
import type { RunReader } from '../ports/run-events.ts';
import type { Filter, Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { type SendDeps, type Sent, sendGrade } from './send-grade.ts';

const MINUTE_MS = 60_000;
/** After the first try, the second, …: a day and a half in all, so that a platform may be away for a night. */
export const WAITS_MS = [1, 5, 30, 120, 480, 1440].map((minutes) => minutes * MINUTE_MS);
/** Looked at together; the rest of a class is next. */
const BATCH = 100;
/** After this long verdicts are looked for of which no event came, too. setTimeout takes no more than 24 days. */
const LONGEST_SLEEP_MS = 3_600_000;

/** A student came to a task from a platform that takes their grade. */
export type Arrival = Pick<GradeReturn, 'course' | 'task' | 'userId' | 'place'>;

export type GradeReturnsDeps = Omit<SendDeps, 'stop'> & {
  store: Pick<Store, 'runs' | 'gradeReturns' | 'patient'>;
  /** The run whose grade counts now; null: none does yet. */
  counted: (of: Pick<GradeReturn, 'course' | 'task' | 'userId'>) => Promise<Run | null>;
  /** The last that the student, or a group of theirs, handed in; null: nothing yet. */
  last: (of: Pick<GradeReturn, 'course' | 'task' | 'userId'>) => Promise<Submission | null>;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  timer?: Timer;
};

export function createGradeReturns(deps: GradeReturnsDeps) {
  const { clock, log, timer = systemTimer } = deps;
  const closing = new AbortController();
  // A grade that is owed is noted even if the database is away just then.
  const store = deps.store.patient(closing.signal);
  const notes = new Set<Promise<void>>();
  let working: Promise<void> | null = null;
  let isAskedAgain = false;
  let callOff = () => {};

  /** Of a run that has its verdict now. Most are owed to nobody. */
  const saw: RunReader = (runId, { type }) => {
    if (type === 'done') keep(oweFor(runId), { run: runId });
  };

  /** Maybe after others of their group had handed in. */
  const arrived = (arrival: Arrival): void => keep(oweTo(arrival), { user: arrival.userId });

  function keep(note: Promise<void>, about: object): void {
    const noting = note
      .catch((err: unknown) => log.error({ err, ...about }, 'a grade to send back was not noted'))
      .finally(() => notes.delete(noting));
    notes.add(noting);
  }

  async function oweTo({ userId, place, ...task }: Arrival): Promise<void> {
    const submission = await deps.last({ userId, ...task });
    if (submission === null) return;
    const owed = newGradeReturn(submission, { userId, place }, new Date(clock()).toISOString());
    try {
      await store.gradeReturns.insert({ ...owed, state: 'waiting' });
      wake();
    } catch (error) {
      // It was noted when it was handed in.
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
    }
  }

  async function oweFor(runId: string): Promise<void> {
    const [row] = await store.runs.pluck(['submission'], { id: runId, debug: { $ne: true } });
    const submission = row?.[0];
    if (typeof submission === 'string' && (await owe({ submission }))) wake();
  }

  async function owe(which: Filter): Promise<boolean> {
    const owed = { state: 'waiting', tries: 0, nextAt: new Date(clock()).toISOString(), error: null };
    return (await store.gradeReturns.updateMany(which, { $set: owed, $inc: { serial: 1 } })) > 0;
  }

  /** Verdicts of which no event came: the server ended between storing one and noting that its grade is owed. */
  async function recover(): Promise<void> {
    for (const { id, submission } of await store.gradeReturns.find({ state: 'ungraded' })) {
      const isGraded = await store.runs.findOne({ submission, state: 'done', debug: { $ne: true } });
      if (isGraded) await owe({ id });
    }
  }

  async function lookAgain(): Promise<void> {
    await recover().finally(wake);
  }

  function wake(): void {
    if (closing.signal.aborted) return;
    if (working) {
      isAskedAgain = true;
      return;
    }
    callOff();
    working = sendAll().catch((err: unknown) => {
      log.error({ err }, 'sending grades back went wrong');
      callOff = timer(wake, MINUTE_MS);
    });
    void working.then(() => {
      working = null;
      if (isAskedAgain) wake();
    });
  }

  async function sendAll(): Promise<void> {
    isAskedAgain = false;
    let due = await findDue();
    while (due.length > 0 && !closing.signal.aborted) {
      // One platform's after each other: it is not flooded, and of a student's two grades the older is not the last.
      const byPlatform = Map.groupBy(due, ({ place }) =>
        URL.canParse(place.url) ? new URL(place.url).host : '',
      );
      await Promise.all([...byPlatform.values()].map(sendInOrder));
      due = await findDue();
    }
    await sleep();
  }

  const findDue = (): Promise<GradeReturn[]> => {
    const now = new Date(clock()).toISOString();
    return store.gradeReturns.find(
      { state: 'waiting', nextAt: { $lte: now } },
      { sort: { nextAt: 1 }, limit: BATCH },
    );
  };

  /** Once nobody answers, the others of this platform count as tried: no class waits for the clocks of another. */
  async function sendInOrder(list: readonly GradeReturn[]): Promise<void> {
    let away: Sent | null = null;
    for (const one of list) {
      if (closing.signal.aborted) return;
      const sent: Sent | null = await attempt(one, away);
      if (sent && sent.error !== null && sent.away) away = sent;
    }
  }

  async function sleep(): Promise<void> {
    const [next] = await store.gradeReturns.find({ state: 'waiting' }, { sort: { nextAt: 1 }, limit: 1 });
    if (closing.signal.aborted) return;
    const ms = next ? Math.max(Date.parse(next.nextAt) - clock(), 0) : LONGEST_SLEEP_MS;
    callOff = ms < LONGEST_SLEEP_MS ? timer(wake, ms) : timer(() => keep(lookAgain(), {}), LONGEST_SLEEP_MS);
  }

  async function attempt(owed: GradeReturn, away: Sent | null): Promise<Sent | null> {
    const counted = await deps.counted(owed);
    if (!counted?.outcome) {
      // All went wrong by our fault: the next run tells.
      await conclude(owed, { state: 'ungraded' });
      return null;
    }
    const { grade } = counted.outcome;
    const sent = away ?? (await sendGrade({ ...deps, stop: closing.signal }, owed, grade));
    if (!closing.signal.aborted || sent.error === null) await note(owed, grade, sent.error);
    return sent;
  }

  async function note(owed: GradeReturn, grade: number, error: string | null): Promise<void> {
    const { course, task, submission, userId } = owed;
    const about = { course, task, submission, userId, grade };
    if (error === null) {
      log.info(about, 'grade sent to the learning platform');
      return conclude(owed, { state: 'sent', grade, sentAt: new Date(clock()).toISOString(), error: null });
    }
    const waitMs = WAITS_MS[owed.tries];
    const tries = owed.tries + 1;
    log.warn({ ...about, tries, error }, 'grade not taken by the learning platform');
    if (waitMs === undefined) return conclude(owed, { state: 'given-up', tries, error });
    await conclude(owed, { tries, error, nextAt: new Date(clock() + waitMs).toISOString() });
  }

  /** Unless it was graded again meanwhile: then that is to be sent, too. */
  async function conclude({ id, serial }: GradeReturn, change: Partial<GradeReturn>): Promise<void> {
    await store.gradeReturns.update({ id, state: 'waiting', serial }, { $set: change });
  }

  return {
    saw,
    arrived,
    async start(): Promise<void> {
      await recover();
      wake();
    },
    /** What is on its way is broken off, and sent again by the next start. */
    async close(): Promise<void> {
      closing.abort();
      callOff();
      await Promise.all([working, ...notes]);
    },
  };
}
