/** One check, for people: a mark, a sentence, and below it what to do. */
import type { Check, State } from '../doctor/check.ts';
import { colors } from './terminal.ts';

const MARKS: Record<State, string> = {
  ok: colors.green('✓'),
  warn: colors.yellow('!'),
  fail: colors.red('✗'),
  skipped: colors.dim('–'),
};

export const linesOf = ({ check, state, sentence, next }: Check): string =>
  `${MARKS[state]} ${check}: ${sentence}${next === null ? '' : `\n    ${next}`}`;
