/** Which choices a student sees, and in which order: the same ones on every visit, others for others. */
import { createHash } from 'node:crypto';
import type { ChoiceProblem } from '../../courses/task.ts';

/**
 * Indexes into the problem's list. With a limit, what is right must stay answerable: one right choice of a
 * single-answer problem, every right one of a multiple-answer problem, then wrong ones up to the limit.
 * @param seed of the student and the task
 */
export function shownChoices(problem: ChoiceProblem, seed: string): number[] {
  const order = problem.choices.map((_choice, index) => index);
  if (problem.limit === 0 && !problem.shuffle) return order;
  const shuffled = order.toSorted((a, b) => (rank(seed, problem.id, a) < rank(seed, problem.id, b) ? -1 : 1));
  const shown = problem.limit === 0 ? shuffled : limited(problem, shuffled);
  return problem.shuffle
    ? shown.toSorted((a, b) => shuffled.indexOf(a) - shuffled.indexOf(b))
    : shown.toSorted((a, b) => a - b);
}

function rank(seed: string, id: string, index: number): string {
  return createHash('sha256')
    .update(JSON.stringify([seed, id, index]))
    .digest('hex');
}

function limited(problem: ChoiceProblem, shuffled: number[]): number[] {
  const right = shuffled.filter((index) => problem.choices[index]?.valid);
  const wrong = shuffled.filter((index) => !problem.choices[index]?.valid);
  const kept = problem.multiple ? right : right.slice(0, 1);
  return [...kept, ...wrong.slice(0, Math.max(problem.limit - kept.length, 0))];
}
