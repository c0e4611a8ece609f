/** The "@random" numbers of a task: each student their own, always the same. Pure. */
import { pythonRandom } from './python-random.ts';
import type { Task } from './task.ts';

/**
 * INGInious' own numbers: it seeds with user name, task and course in a row. Where it would make new ones at every
 * look at the page, we make them after each submission: `attempt` counts those before. Thus the numbers shown are
 * those that are graded, in how many windows the page may be open.
 */
export function randomNumbers(
  { id, course, random: { count, regenerate } }: Pick<Task, 'id' | 'course' | 'random'>,
  username: string,
  attempt: number,
): number[] {
  const random = pythonRandom(`${username}${id}${course}${regenerate ? attempt : ''}`);
  return Array.from({ length: count }, () => random.random());
}
