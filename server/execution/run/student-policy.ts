/** How a run_student ended, and the exit code that the grader sees: rules on values. student-run.ts acts on them. */
import type { Measure } from '../../../grading-api/protocol.ts';
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
  complaint: string;
  /** The run is not graded, whatever the grader says after this. */
  endsRun?: true;
};

export const crashed = (code: number, reason: string): StudentEnd => ({
  code,
  ending: { kind: 'crashed', reason },
  usage: NO_USAGE,
  uncounted: [],
  complaint: reason,
});

export const ourFault = (reason: string): StudentEnd => ({
  code: NOT_STARTED,
  ending: { kind: 'system-error', reason },
  usage: NO_USAGE,
  uncounted: [],
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
): Omit<StudentEnd, 'usage' | 'uncounted'> {
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
