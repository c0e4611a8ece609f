/** How large an answer may be: what its type of problem needs, never more than the operator's limits. */
import type { Problem } from './task.ts';

export type AnswerLimits = { maxTextBytes: number; maxFileBytes: number };

/** A line, or the text of a match problem: not a program. */
const LINE_BYTES = 16 * 1024;
/** The index of one choice, and what separates it from the next. */
const CHOICE_BYTES = 16;

export function mostBytesOf(problem: Problem, { maxTextBytes, maxFileBytes }: AnswerLimits): number {
  switch (problem.type) {
    case 'file':
      return Math.min(problem.maxBytes ?? maxFileBytes, maxFileBytes);
    case 'multiple_choice':
      return CHOICE_BYTES * (problem.choices.length + 1);
    case 'match':
    case 'code_single_line':
      return Math.min(LINE_BYTES, maxTextBytes);
    case 'code':
      return maxTextBytes;
  }
}

/** Of all answers of a task together, counted by type, because JSON and forms make them longer in different ways. */
export function mostBytesOfAll(
  problems: readonly Problem[],
  limits: AnswerLimits,
): { files: number; texts: number } {
  const sum = (isFile: boolean) =>
    problems
      .filter(({ type }) => (type === 'file') === isFile)
      .reduce((bytes, problem) => bytes + mostBytesOf(problem, limits), 0);
  return { files: sum(true), texts: sum(false) };
}
