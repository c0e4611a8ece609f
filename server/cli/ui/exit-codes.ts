/** The exit code of a command (docs/operators.md, "Exit codes"), decided here from the exception. */
import { CommanderError } from 'commander';
import { type ErrorCode, GradeportError, isNoSpace } from '../../rules/errors.ts';
import { Refused } from '../../rules/problems.ts';

export const EXIT: Record<ErrorCode, number> = {
  usage: 2,
  denied: 3,
  'not-found': 4,
  conflict: 1,
  'too-large': 2,
  busy: 1,
  unreachable: 5,
  'store-away': 5,
  'no-space': 1,
  internal: 1,
};
const FAILED = 1;
/** The code that shells use for a program that Ctrl-C ended: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

export type Explanation = {
  exitCode: number;
  /** null: it was printed already. */
  sentence: string | null;
};

export function explain(error: unknown): Explanation {
  // Commander has printed its message already; its codes for --help and --version are 0.
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? 0 : EXIT.usage, sentence: null };
  }
  if (error instanceof Refused) return { exitCode: EXIT[error.code], sentence: error.inCommand };
  if (error instanceof GradeportError) return { exitCode: EXIT[error.code], sentence: error.message };
  if (isNoSpace(error)) {
    const sentence = 'the disk is full. Free some space (docker image prune helps), then try again.';
    return { exitCode: FAILED, sentence };
  }
  const refused = refusedBySystem(error);
  if (refused !== null) return refused;
  return {
    exitCode: FAILED,
    sentence: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** A bad file or folder: its path says what to correct, the stack of our code does not. */
function refusedBySystem(error: unknown): Explanation | null {
  if (!(error instanceof Error && 'syscall' in error && 'path' in error && 'code' in error)) return null;
  const isDenied = error.code === 'EACCES' || error.code === 'EPERM';
  const what = error.message.replace(/^\w+: /, '');
  return { exitCode: isDenied ? EXIT.denied : FAILED, sentence: `The system says: ${what}.` };
}

export const EXIT_CODES_HELP = `
Exit codes: 0 ok · 1 failed · 2 usage · 3 denied · 4 not found · 5 engine, server or database unreachable · 130 Ctrl-C.
Data goes to stdout, everything else to stderr; --json gives data as JSON.`;
