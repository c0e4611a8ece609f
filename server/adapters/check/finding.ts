/** The result of one check of a store: the same fields as the doctor's. */
export type Finding = {
  check: string;
  state: 'ok' | 'warn' | 'fail';
  sentence: string;
  /** What to do; null: nothing. */
  next: string | null;
};

export const fine = (check: string, sentence: string): Finding => ({
  check,
  state: 'ok',
  sentence,
  next: null,
});
export const warning = (check: string, sentence: string, next: string): Finding => ({
  check,
  state: 'warn',
  sentence,
  next,
});
export const fault = (check: string, sentence: string, next: string): Finding => ({
  check,
  state: 'fail',
  sentence,
  next,
});

const NAMED = 5;
/** "a, b and 3 more" */
export function named(list: readonly string[]): string {
  const shown = list.slice(0, NAMED).join(', ');
  return list.length > NAMED ? `${shown} and ${list.length - NAMED} more` : shown;
}
