/** The rule that turns how a run ended and what its grader said into one verdict. Pure. */
import { bytesText, durationText } from '../text/quantities.ts';

export const VERDICTS = [
  'success',
  'failed',
  'timeout',
  'out-of-memory',
  'output-limit',
  'disk-full',
  'process-limit',
  'killed',
  'crashed',
  'system-error',
] as const;
export type VerdictKind = (typeof VERDICTS)[number];

/** How a container's program ended, as the worker saw it. Limits in ms and bytes. */
export type Ending =
  | { kind: 'finished'; exitCode: number | null }
  | { kind: 'timeout'; clock: 'cpu' | 'wall'; limitMs: number }
  | { kind: 'out-of-memory'; limitBytes: number }
  | { kind: 'output-limit'; limitBytes: number }
  | { kind: 'disk-full'; limitBytes: number }
  | { kind: 'process-limit'; limit: number }
  | { kind: 'killed' }
  | { kind: 'crashed'; reason: string }
  /** engineLost: the engine went away with the container, and it is unknown how that ended. */
  | { kind: 'system-error'; reason: string; engineLost?: boolean };

/** INGInious' word for an ending that the grader did not choose. */
const RESULT_WORD: Record<VerdictKind, string> = {
  success: 'success',
  failed: 'failed',
  timeout: 'timeout',
  'out-of-memory': 'overflow',
  'output-limit': 'overflow',
  'disk-full': 'overflow',
  'process-limit': 'overflow',
  killed: 'killed',
  crashed: 'crash',
  'system-error': 'error',
};

const VERDICT_OF_WORD: Record<string, VerdictKind> = {
  success: 'success',
  failed: 'failed',
  timeout: 'timeout',
  overflow: 'out-of-memory',
  killed: 'killed',
};

/** What this rule needs to know of a grader's report. */
type Said = { result?: string | undefined; grade?: number | undefined };

export type Verdict = {
  verdict: VerdictKind;
  /** INGInious' word: the grader's own if it gave one, otherwise that of the ending. */
  result: string;
  /** Percent, rounded to two decimals; not clamped, as INGInious does not. */
  grade: number;
  /** One sentence for the student: what happened and, if a limit, which. */
  summary: string;
};

const NOT_GRADED =
  'Gradeport could not grade this submission. This is not your fault and costs you nothing: submit it again, and tell your teacher if that fails, too.';

/**
 * Rounds to two decimals as INGInious' Python does: it takes the number as stored (72.345 is a little less), and the
 * even neighbour of a number exactly between two, which only odd multiples of 1/8 are. Adding 0 turns -0 into 0.
 */
function round(grade: number): number {
  const isBetween = Number.isInteger(grade * 8) && !Number.isInteger(grade * 4);
  return (isBetween ? (2 * Math.round(grade * 50)) / 100 : Number(grade.toFixed(2))) + 0;
}
/** A sentence that names the limit; `who` is "Your program" or "The grader". */
export function describeEnding(ending: Ending, who: string): string {
  switch (ending.kind) {
    case 'finished':
      return `${who} ended${ending.exitCode === null ? '' : ` with exit status ${ending.exitCode}`}.`;
    case 'timeout':
      return ending.clock === 'cpu'
        ? `${who} used more than ${durationText(ending.limitMs)} of processor time.`
        : `${who} took longer than ${durationText(ending.limitMs)}.`;
    case 'out-of-memory':
      return `${who} needed more than ${bytesText(ending.limitBytes)} of memory. Its files in /tmp, /dev/shm and the work folder count as well.`;
    case 'output-limit':
      return `${who} printed more than ${bytesText(ending.limitBytes)}.`;
    case 'disk-full':
      return `${who} wrote more files than its ${bytesText(ending.limitBytes)} folder holds.`;
    case 'process-limit':
      return `${who} started more than ${ending.limit} processes or threads.`;
    case 'killed':
      return 'The run was stopped by a person.';
    case 'crashed':
      return ending.reason;
    case 'system-error':
      // The reason is for staff: outcomeWithoutRun keeps it in the details.
      return NOT_GRADED;
  }
}

/**
 * @param grading how the grading container ended
 * @param report what the grader said, null when it said nothing usable
 * @param students the limits that student runs hit, in their order
 *
 * A grader that speaks decides: its word and grade are kept. Only where it says "failed" and one of its
 * student runs hit a limit does the verdict name that limit, because that is what the student must fix.
 */
export function concludeVerdict(grading: Ending, report: Said | null, students: readonly Ending[]): Verdict {
  if (grading.kind !== 'finished') return endedBy(grading);
  if (report === null) return endedBy({ kind: 'crashed', reason: 'The grader gave no feedback.' });
  const result = report.result ?? 'error';
  if (report.result === undefined) {
    const grade = round(report.grade ?? 0);
    return { verdict: 'crashed', result, grade, summary: 'The grader set no result.' };
  }
  const grade = round(report.grade ?? (result === 'success' ? 100 : 0));
  const said = Object.hasOwn(VERDICT_OF_WORD, result) ? VERDICT_OF_WORD[result] : undefined;
  const verdict = said ?? 'crashed';
  const limit = students.find(isLimit);
  if (verdict === 'failed' && limit) {
    return {
      verdict: limit.kind,
      result,
      grade,
      summary: describeEnding(limit, 'Your program'),
    };
  }
  return { verdict, result, grade, summary: summaryOf(verdict, result, grade) };
}

type Limit = Exclude<Ending, { kind: 'finished' | 'crashed' | 'killed' | 'system-error' }>;
/** Whether a student run ended at a limit, which the student must correct. */
const isLimit = (ending: Ending): ending is Limit =>
  !['finished', 'crashed', 'killed', 'system-error'].includes(ending.kind);

function endedBy(ending: Exclude<Ending, { kind: 'finished' }>): Verdict {
  return {
    verdict: ending.kind,
    result: RESULT_WORD[ending.kind],
    grade: 0,
    summary: describeEnding(ending, 'The grader'),
  };
}

function summaryOf(verdict: VerdictKind, result: string, grade: number): string {
  if (verdict === 'success')
    return grade < 100 ? `The grader accepts this: ${grade} %.` : 'Everything the grader checked is right.';
  if (verdict === 'failed')
    return grade > 0 && grade < 100 ? `Not everything is right yet: ${grade} %.` : 'Not right yet.';
  if (verdict === 'crashed') return `The grader could not grade this: it said "${result}".`;
  return `The grader says: ${result}.`;
}
