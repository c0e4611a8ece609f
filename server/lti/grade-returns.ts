/**
 * Sends grades back to learning platforms. What is owed is in the store; each try sends the grade that counts at that
 * moment, so that tries that come late or twice do no harm.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { GradeReturn } from '../model/lti.ts';
import { systemTimer, type Timer } from '../ports/clock.ts';
import type { RunReader } from '../ports/run-events.ts';
import type { Store } from '../ports/store.ts';
import { isPassing } from '../rules/machine-state.ts';
import { afterTry, byPlatform, sleepUntil } from './grade-return-policy.ts';
import { type Arrival, createOwedGrades, type OwedGradesDeps } from './owed-grades.ts';
import { type SendDeps, type Sent, sendGrade } from './send-grade.ts';

/** How long to wait after a failure of our own, such as a database that takes no writes. */
const AFTER_FAULT_MS = 5000;
/** How often to look for verdicts of the last minutes whose event was missed. */
const LOOK_MS = 15_000;

export type GradeReturnsDeps = Omit<SendDeps, 'stop'> & {
  store: Pick<Store, 'runs' | 'gradeReturns' | 'patient'>;
  /** The run whose grade counts now; null: none does yet. */
  counted: (of: Pick<GradeReturn, 'course' | 'task' | 'userId'>) => Promise<{ grade: number } | null>;
  last: OwedGradesDeps['last'];
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  timer?: Timer;
};

export function createGradeReturns(deps: GradeReturnsDeps) {
  const { clock, last, log, timer = systemTimer } = deps;
  const closing = new AbortController();
  // A grade that is owed is noted even if the database is away just then.
  const owed = createOwedGrades({ store: deps.store.patient(closing.signal), last, clock });
  const sendInOrder = createSender(deps, owed, closing.signal);
  const notes = createNotes(log, closing.signal, wake);
  let working: Promise<void> | null = null;
  let isAskedAgain = false;
  let callOff = () => {};
  let looking: NodeJS.Timeout | undefined;

  function wake(): void {
    if (closing.signal.aborted) return;
    if (working) {
      isAskedAgain = true;
      return;
    }
    callOff();
    working = sendAll().catch((err: unknown) => {
      log.error({ err }, 'sending grades back went wrong');
      callOff = timer(wake, AFTER_FAULT_MS);
    });
    void working.then(() => {
      working = null;
      if (isAskedAgain) wake();
    });
  }

  async function sendAll(): Promise<void> {
    isAskedAgain = false;
    let due = await owed.due();
    while (due.length > 0 && !closing.signal.aborted) {
      await Promise.all(byPlatform(due).map(sendInOrder));
      due = await owed.due();
    }
    const next = await owed.next();
    if (closing.signal.aborted) return;
    const { ms, looksAgain } = sleepUntil(next, clock());
    callOff = timer(looksAgain ? () => notes.keep(() => owed.recover().then(() => true), {}) : wake, ms);
  }

  /** A run has its verdict now. */
  const saw: RunReader = (runId, { type }) => {
    if (type === 'done') notes.keep(() => owed.forRun(runId), { run: runId });
  };

  return {
    saw,
    /** Maybe after others of their group had handed in. */
    arrived: (arrival: Arrival): void => notes.keep(() => owed.toArrived(arrival), { user: arrival.userId }),
    async start(): Promise<void> {
      await owed.recover();
      wake();
      looking = setInterval(() => notes.keep(owed.missedLately, {}), LOOK_MS).unref();
    },
    /** What is on its way is broken off, and sent again by the next start. */
    async close(): Promise<void> {
      closing.abort();
      clearInterval(looking);
      callOff();
      await Promise.all([working, notes.settled()]);
    },
  };
}

/** @param owes called when a grade is owed now that was not before */
function createNotes(log: GradeReturnsDeps['log'], closing: AbortSignal, owes: () => void) {
  const notes = new Set<Promise<void>>();

  async function insist(note: () => Promise<boolean>): Promise<boolean> {
    for (;;) {
      try {
        return await note();
      } catch (error) {
        if (!isPassing(error) || closing.aborted) throw error;
        await pause(AFTER_FAULT_MS, null, { signal: closing, ref: false }).catch(() => {});
      }
    }
  }

  return {
    /** Notes what is owed, and tries again while the store takes no writes. */
    keep(note: () => Promise<boolean>, about: object): void {
      const noting = insist(note)
        .then((isOwed) => void (isOwed && owes()))
        .catch((err: unknown) => log.error({ err, ...about }, 'a grade to send back was not noted'))
        .finally(() => notes.delete(noting));
      notes.add(noting);
    },
    settled: () => Promise.all(notes),
  };
}

/** Sends the due grades of one platform, one after the other. */
function createSender(
  deps: GradeReturnsDeps,
  { conclude }: Pick<ReturnType<typeof createOwedGrades>, 'conclude'>,
  stop: AbortSignal,
) {
  const { clock, log } = deps;

  async function attempt(owed: GradeReturn, away: Sent | null): Promise<Sent | null> {
    const counted = await deps.counted(owed);
    if (!counted) {
      // All runs failed by our fault: the verdict of the next one notes the grade again.
      await conclude(owed, { state: 'ungraded' });
      return null;
    }
    const { grade } = counted;
    const sent = away ?? (await sendGrade({ ...deps, stop }, owed, grade));
    if (!stop.aborted || sent.error === null) await note(owed, grade, sent.error);
    return sent;
  }

  async function note(owed: GradeReturn, grade: number, error: string | null): Promise<void> {
    const { course, task, submission, userId, tries } = owed;
    const about = { course, task, submission, userId, grade };
    if (error === null) log.info(about, 'grade sent to the learning platform');
    else log.warn({ ...about, tries: tries + 1, error }, 'grade not taken by the learning platform');
    await conclude(owed, afterTry(owed, { grade, error }, clock()));
  }

  /** Once a platform does not answer, its other grades count as tried: no class waits for the clocks of another. */
  return async (list: readonly GradeReturn[]): Promise<void> => {
    let away: Sent | null = null;
    for (const one of list) {
      if (stop.aborted) return;
      const sent: Sent | null = await attempt(one, away);
      if (sent && sent.error !== null && sent.away) away = sent;
    }
  };
}
