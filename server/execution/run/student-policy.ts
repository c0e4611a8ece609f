/** How a run_student ended, and the exit code that the grader sees: rules on values. student-run.ts acts on them. */
import type { Measure, StudentExit } from '../../../grading-api/protocol.ts';
import type { HowStudentEnded, LimitName, Used } from '../../../grading-api/student-end.ts';
import { NO_USAGE, type Usage } from '../../ports/engine/containers.ts';
import type { Hold, ShowTerminal, TerminalOffer } from '../../ports/terminals.ts';
import type { Ending } from '../../rules/verdict.ts';

/** Exit codes that run_student gives for what is not the program's own status (INGInious' numbers). */
export const REFUSED = 251;
const OVER_A_LIMIT = 252;
const OUT_OF_TIME = 253;
export const NOT_STARTED = 254;

export type StudentEnd = {
  code: number;
  ending: Ending;
  usage: Usage;
  /** What `usage` does not know. */
  uncounted: readonly Measure[];
  /** For the grader. */
  how: HowStudentEnded;
  complaint: string;
  /** The run is not graded, whatever the grader says after this. */
  endsRun?: true;
};

export const crashed = (code: number, reason: string): StudentEnd => ({
  code,
  ending: { kind: 'crashed', reason },
  usage: NO_USAGE,
  uncounted: [],
  how: null,
  complaint: reason,
});

export const ourFault = (reason: string): StudentEnd => ({
  code: NOT_STARTED,
  ending: { kind: 'system-error', reason },
  usage: NO_USAGE,
  uncounted: [],
  how: null,
  complaint: reason,
});

/** Who shows the terminal that a request asks for, or why there is none. */
export function whoShows({
  terminal,
  hold,
}: {
  terminal: TerminalOffer;
  hold: Pick<Hold, 'isOn'>;
}): ShowTerminal | StudentEnd {
  if (!terminal.allowed) {
    const way = 'To offer one, write "environment_type: docker-ssh" into its task.yaml.';
    // INGInious ends the job here. A grader that goes on would grade what the student could not do.
    return {
      ...crashed(REFUSED, `ssh_student: this task offers its students no terminal. ${way}`),
      endsRun: true,
    };
  }
  if (hold.isOn()) return crashed(NOT_STARTED, 'ssh_student: one terminal is open already.');
  return (
    terminal.show ??
    crashed(NOT_STARTED, 'ssh_student: this task needs a terminal, and nobody is here to be shown one.')
  );
}

/**
 * @param hit the limit that the last look found, if any
 * @param late the end of a terminal whose time was over; the agent reports an ordinary end of its shell
 */
export function concludeStudent(
  ending: Ending,
  hit: Ending | null,
  late: Pick<StudentEnd, 'ending' | 'complaint'> | null,
): Omit<StudentEnd, 'usage' | 'uncounted' | 'how'> {
  const final = hit && isExplainedBy(ending, hit) ? hit : ending;
  if (late && final.kind === 'finished') return { ...late, code: OUT_OF_TIME };
  return { code: exitCodeOf(final), ending: final, complaint: '' };
}

/** Whether a limit found in the last look is the cause, and how the program ended what it led to. */
function isExplainedBy(ending: Ending, hit: Ending): boolean {
  if (ending.kind === 'finished') return ending.exitCode !== 0;
  // Java complains at length of every thread that it is refused, and unzip of every file.
  if (ending.kind === 'output-limit')
    return ['process-limit', 'out-of-memory', 'disk-full'].includes(hit.kind);
  return ending.kind === 'crashed' || ending.kind === 'system-error';
}

function exitCodeOf(ending: Ending): number {
  if (ending.kind === 'finished') return ending.exitCode ?? NOT_STARTED;
  if (ending.kind === 'timeout') return OUT_OF_TIME;
  if (ending.kind === 'crashed' || ending.kind === 'killed' || ending.kind === 'system-error')
    return NOT_STARTED;
  return OVER_A_LIMIT;
}

const LIMIT_NAMES: Partial<Record<Ending['kind'], LimitName>> = {
  'out-of-memory': 'memory',
  'output-limit': 'output',
  'disk-full': 'disk',
  'process-limit': 'processes',
};
const limitOf = (ending: Ending): LimitName | null =>
  ending.kind === 'timeout'
    ? ({ cpu: 'time', wall: 'hard-time' } as const)[ending.clock]
    : (LIMIT_NAMES[ending.kind] ?? null);

/**
 * What the grader may ask about it. A program may exit with any number, so its status alone does not say what happened.
 * @param exit the last word of its agent; null: it was ended with its container
 * @param seen what was seen from outside, where the agent could say nothing
 */
export function howEnded(ending: Ending, exit: StudentExit | null, seen: Used): HowStudentEnded {
  if (exit !== null && exit.used === null) return null;
  const used = exit?.used ?? seen;
  const limit = limitOf(ending);
  if (exit === null || limit !== null) return { ...used, exitStatus: null, signal: null, limit };
  return { ...used, exitStatus: exit.signal === null ? exit.code : null, signal: exit.signal, limit };
}

/** For a program that was ended with its container. What its folder holds, only its agent could have said. */
export const seenFromOutside = (
  { cpuMs, memoryBytes }: Usage,
  uncounted: readonly Measure[],
  counted: Pick<Used, 'wallMs' | 'outputBytes'>,
): Used => ({
  ...counted,
  cpuMs: uncounted.includes('cpu') ? null : cpuMs,
  memoryBytes: uncounted.includes('memory') ? null : memoryBytes,
  diskBytes: null,
});
