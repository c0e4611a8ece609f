/** Decides what becomes of a run whose grading failed through our fault, not the student's. Pure. */
import type { Run } from '../model/collections.ts';
import { GradeportError } from '../rules/errors.ts';
import { machineState } from '../rules/machine-state.ts';

/** How many of our own faults a run survives before it is given up; the student may then submit again. */
const MAX_FAILURES = 3;
/**
 * How often a task is looked for that is not there: half a minute, with the rests in between. A folder may be away for
 * a moment, as while a course is pulled anew.
 */
const MAX_LOOKS = 6;
/** How many deaths of the server a run survives, as it may be their cause. */
const MAX_SERVER_DEATHS = 10;
/** How many attempts a run gets when its engine goes away each time, or others are in its way: that is no failure. */
const MAX_ATTEMPTS = 30;

export type AfterFailure =
  /** reason: for staff, with the verdict "system-error". */
  | { next: 'give up'; reason: string }
  /** reason: for the student who watches. machine: why every other run would fail now, too. */
  | { next: 'try again'; failures: number; reason: string; machine?: string };

const NOT_YOURS = 'This is not your fault and costs you nothing:';
const WAITS = `${NOT_YOURS} the run waits until that is over.`;

type Tried = Pick<Run, 'attempt' | 'failures'>;

/** @param run as it was claimed: its attempt is the one that failed */
export function afterFailure(run: Tried, error: unknown): AfterFailure {
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof GradeportError ? error.code : 'internal';
  const machine = machineState(error);
  if (machine !== null)
    return { next: 'try again', failures: run.failures, reason: `${machine} ${WAITS}`, machine };
  const failures = run.failures + (code === 'unreachable' || code === 'busy' ? 0 : 1);
  const most = code === 'not-found' ? MAX_LOOKS : MAX_FAILURES;
  const isHopeless = failures >= most || run.attempt >= MAX_ATTEMPTS;
  // After a conflict another try would fail in the same way.
  if (isHopeless || code === 'conflict') return { next: 'give up', reason: said };
  const reason =
    code === 'unreachable'
      ? `The server cannot run programs at the moment. ${WAITS}`
      : `Something went wrong on our side. ${NOT_YOURS} the run is tried again.`;
  return { next: 'try again', failures, reason };
}

/** Why a run is not even begun; null: it is. */
export function whyHopeless({ failures }: Tried): string | null {
  return failures < MAX_SERVER_DEATHS ? null : 'The server ended again and again while grading it.';
}
