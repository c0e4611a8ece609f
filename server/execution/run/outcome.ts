/** Composes what is stored and shown of a finished run. Pure. */
import { type GraderResult, MEASURES, type Measure } from '../../../grading-api/protocol.ts';
import { emptyReport, type Report } from '../../../grading-api/report.ts';
import type { Outcome, Output } from '../../model/collections.ts';
import type { Usage } from '../../ports/engine/containers.ts';
import { concludeVerdict, type Ending } from '../../rules/verdict.ts';
import { readReport } from './read-report.ts';
import type { StudentEnd } from './student-policy.ts';

export type Finished = {
  ending: Ending;
  /** The limit that the last look found; it explains a grader that left no report. */
  hit: Ending | null;
  /** The agent's last message; null when the run was ended before it. */
  said: GraderResult | null;
  /** The last feedback seen before the end. */
  lastReport: Report | null;
  students: readonly StudentEnd[];
  output: Output;
  timings: Outcome['timings'];
  usage: Usage;
  /** What `usage` does not know. */
  uncounted: readonly Measure[];
  outputBytes: number;
  /** What the last graded run left for this one. */
  state: string;
  /** Whether an answer of this task is code or a file. */
  answersAreCode: boolean;
};

export function concludeOutcome(finished: Finished): Outcome {
  const { ending, said, students } = finished;
  const read = said && said.problem === null ? readReport(said.feedback) : null;
  const report = read?.report ?? finished.lastReport;
  const refused = students.find(({ endsRun }) => endsRun)?.complaint;
  const fault = said?.problem ?? refused ?? read?.fault ?? null;
  // A grader that finished but left nothing usable has crashed, whatever came before.
  const crash: Ending =
    ending.kind === 'finished' && fault !== null ? { kind: 'crashed', reason: fault } : ending;
  const isCrash = crash.kind === 'crashed' || crash.kind === 'system-error';
  // A process that the kernel killed for memory counts, also when the grader went on without it.
  const explains = isCrash || finished.hit?.kind === 'out-of-memory';
  const end = explains ? (finished.hit ?? crash) : crash;
  const uncounted = uncountedIn(finished);
  const verdict = concludeVerdict(
    end,
    report,
    students.map((student) => student.ending),
  );
  return {
    ...verdict,
    // Only a grader that finished changes what the next run gets.
    report:
      end.kind === 'finished'
        ? (report ?? emptyReport)
        : { ...(report ?? emptyReport), state: finished.state },
    details: detailsOf(end, said, students, read?.left ?? null),
    sharedContainer: finished.answersAreCode && said !== null && students.length === 0,
    output: finished.output,
    timings: finished.timings,
    used: {
      cpuMs: finished.usage.cpuMs + sum(students.map(({ usage }) => usage.cpuMs)),
      wallMs: finished.timings.graderMs,
      memoryBytes: Math.max(finished.usage.memoryBytes, ...students.map(({ usage }) => usage.memoryBytes)),
      outputBytes: finished.outputBytes,
    },
    ...(uncounted.length > 0 && { uncounted }),
  };
}

/** What the machine did not count, for the grader or for any of its student runs. */
const uncountedIn = ({ uncounted, students }: Pick<Finished, 'uncounted' | 'students'>): Measure[] =>
  MEASURES.filter((one) =>
    [uncounted, ...students.map((each) => each.uncounted)].some((all) => all.includes(one)),
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** For teachers: details of how the grader and its student runs ended. */
function detailsOf(
  end: Ending,
  said: GraderResult | null,
  students: readonly StudentEnd[],
  left: string | null,
): string {
  const lines = [
    left ?? '',
    end.kind === 'crashed' ? end.reason : '',
    said && said.exitCode !== 0 && said.exitCode !== null
      ? `The grader's exit status was ${said.exitCode}.`
      : '',
    ...students.map(({ complaint }) => complaint),
  ];
  return [...new Set(lines.filter((line) => line !== ''))].join('\n').slice(0, 10_000);
}
