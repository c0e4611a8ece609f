/** Faults of the whole machine, which are no fault of one run: every run would meet them. Pure. */
import { GradeportError } from './errors.ts';

type Rule = {
  codes: readonly string[];
  says: RegExp;
  sentence: string;
  /** It says nothing of a file that was being read: the file is as good as before. */
  isShortage?: true;
};

/** What the system says by code, and what an engine or a runtime passes on in a sentence. */
const RULES: readonly Rule[] = [
  {
    codes: ['ENOSPC', 'EDQUOT'],
    says: /no space left on device|disk quota exceeded|database or disk is full/i,
    sentence: 'A disk is full, or has no room for more files.',
  },
  {
    codes: ['ENOMEM'],
    says: /cannot allocate memory|out of memory: cannot start|init was OOM-killed/i,
    sentence: 'There is not enough memory for another container.',
    isShortage: true,
  },
  {
    codes: ['EMFILE', 'ENFILE'],
    // The codes: node says no more of a thread that does not start.
    says: /too many open files|file table overflow|\bE[MN]FILE\b/i,
    sentence: 'Too many files are open on the machine.',
    isShortage: true,
  },
  {
    codes: ['EAGAIN'],
    says: /resource temporarily unavailable|pthread_create failed|fork\/exec .*: (?:resource|cannot)/i,
    sentence: 'The machine starts no more processes.',
    isShortage: true,
  },
  {
    codes: ['EIO', 'EROFS', 'EUCLEAN'],
    says: /input\/output error|read-only file system|structure needs cleaning|(?:layer|lower) .*(?:does not exist|no such file)|failed to (?:register|mount) layer|error creating overlay mount|special device overlay does not exist|fsconfig[^\n]* failed: overlay/i,
    sentence: 'A disk is broken or can only be read, or the images of the container engine are damaged.',
  },
];

const PASSING = new Set<string>(['store-away', 'busy', 'unreachable']);

/** Whether the same work may well succeed in a moment, without a change by a person: it is tried again and not counted. */
export const isPassing = (error: unknown): boolean =>
  machineState(error) !== null || (error instanceof GradeportError && PASSING.has(error.code));

/** A sentence that may be shown to everybody; null: the fault concerns this run, as far as one can tell. */
export function machineState(error: unknown): string | null {
  const rule = ruleOf(error);
  if (rule) return rule.sentence;
  if (error instanceof GradeportError && error.code === 'no-space') return RULES[0]?.sentence ?? null;
  return null;
}

/** Whether the machine lacked what reading a file takes: then nothing is known of the file. */
export const isShortage = (error: unknown): boolean => ruleOf(error)?.isShortage ?? false;

/** For a promise of something that may be missing: a shortage says nothing about that, and stays an error. */
export const unlessShort =
  <T>(value: T) =>
  (error: unknown): T => {
    if (isShortage(error)) throw error;
    return value;
  };

function ruleOf(error: unknown): Rule | null {
  if (!(error instanceof Error)) return null;
  // An error with a sentence of our own was looked at already: a task that is too large for its folder, for instance.
  if (error instanceof GradeportError && error.code !== 'no-space' && error.code !== 'internal') return null;
  const code = 'code' in error ? String(error.code) : '';
  const rule = RULES.find(({ codes, says }) => codes.includes(code) || says.test(error.message));
  return (
    rule ??
    within(error)
      .map(ruleOf)
      .find((found) => found !== null) ??
    null
  );
}

/** The errors that one stands for. */
function within(error: Error): unknown[] {
  if (error instanceof SuppressedError) return [error.error, error.suppressed];
  return error instanceof AggregateError ? error.errors : [error.cause];
}
