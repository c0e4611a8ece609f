/** Decides what becomes of a run whose grading failed through our fault, not the student's. Pure. */
import type { Run } from '../model/collections.ts';
import { EnvironmentAway, GradeportError } from '../rules/errors.ts';
import { machineState } from '../rules/machine-state.ts';
import type { Trial } from './machine-pause.ts';

/** How many of our own faults a run survives before it is given up; the student may then submit again. */
const MAX_FAILURES = 3;
/**
 * How often a task is looked for that is not there: half a minute, with the rests in between. A folder may be away for
 * a moment, as while a course is pulled anew.
 */
const MAX_LOOKS = 6;
/** How many deaths of the server a run survives, as it may be their cause. */
const MAX_SERVER_DEATHS = 10;
/**
 * How often a run may meet a fault of the machine, or an engine that is away, while others are graded: then it is taken for
 * the cause. Tries during which no run is graded do not count, however many there are.
 */
const MAX_ALONE = 30;
/**
 * From so many of these on, its faults hold up no other run. What an image says when it does not start may read like a full
 * disk, and its first program can end as the kernel ends programs without memory.
 */
const SUSPECT_ALONE = 3;
/** How long a run waits for an environment that was there when it was handed in. */
const DAY_MS = 86_400_000;

export type AfterFailure =
  /** reason: for staff, with the verdict "system-error". */
  | { next: 'give up'; reason: string }
  /** reason: for the student who watches. machine: why every other run would fail now, too. */
  | { next: 'try again'; failures: number; reason: string; machine?: string };

const NOT_YOURS = 'This is not your fault and costs you nothing:';
const WAITS = `${NOT_YOURS} the run waits until that is over.`;

type Tried = Pick<Run, 'failures'>;

/** A fault that the run only met: it is tried again, and that is no failure of it. null: the fault may be the run's. */
function metOnly(run: Tried, error: unknown, { alone, waitedMs }: Trial): AfterFailure | null {
  const again = (why: string) =>
    ({ next: 'try again', failures: run.failures, reason: `${why} ${WAITS}` }) as const;
  if (error instanceof EnvironmentAway)
    return waitedMs < DAY_MS ? again('The environment of this task is not available at the moment.') : null;
  if (alone >= MAX_ALONE) return null;
  const machine = machineState(error);
  if (machine !== null) return { ...again(machine), ...(alone < SUSPECT_ALONE && { machine }) };
  const code = error instanceof GradeportError ? error.code : 'internal';
  if (code === 'unreachable') return again('The server cannot run programs at the moment.');
  return code === 'busy' ? again('The server is busy at the moment.') : null;
}

/**
 * @param run as it was claimed: its attempt is the one that failed
 * @param trial what is remembered of its earlier faults
 */
export function afterFailure(run: Tried, error: unknown, trial: Trial): AfterFailure {
  const met = metOnly(run, error, trial);
  if (met !== null) return met;
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof GradeportError ? error.code : 'internal';
  const failures = run.failures + 1;
  const most = code === 'not-found' ? MAX_LOOKS : MAX_FAILURES;
  // After a conflict another try would fail in the same way.
  const isHopeless = failures >= most || code === 'conflict' || trial.alone >= MAX_ALONE;
  if (isHopeless) return { next: 'give up', reason: said };
  const reason = `Something went wrong on our side. ${NOT_YOURS} the run is tried again.`;
  return { next: 'try again', failures, reason };
}

/** Why a run is not even begun; null: it is. */
export function whyHopeless({ failures }: Tried): string | null {
  return failures < MAX_SERVER_DEATHS ? null : 'The server ended again and again while grading it.';
}
