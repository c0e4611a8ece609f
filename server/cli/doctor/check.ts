/** The doctor's result for one check: the state, in a sentence, and what to do next. */
export type State = 'ok' | 'warn' | 'fail' | 'skipped';
/** The fields of `gradeport doctor --json`: they are promised. */
export type Check = { check: string; state: State; sentence: string; next: string | null };

export const ok = (check: string, sentence: string): Check => ({ check, state: 'ok', sentence, next: null });
/** It works, but not as it should. */
export const warn = (check: string, sentence: string, next: string): Check => ({
  check,
  state: 'warn',
  sentence,
  next,
});
export const fail = (check: string, sentence: string, next: string): Check => ({
  check,
  state: 'fail',
  sentence,
  next,
});
/** There is nothing to check, or something else must work first. */
export const skipped = (check: string, sentence: string, next: string | null = null): Check => ({
  check,
  state: 'skipped',
  sentence,
  next,
});

export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
