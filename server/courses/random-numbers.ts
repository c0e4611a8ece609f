/** The "@random" numbers of a task: different for each student, and always the same for one. Pure. */
import { pythonRandom } from './python-random.ts';
import type { Task } from './task.ts';

/**
 * INGInious' own numbers: the seed is user name, task and course in a row. INGInious would draw new numbers each
 * time the page is shown; we draw them after each submission: `attempt` counts the earlier ones. So the numbers on the
 * page are the numbers that are graded, however many windows show the page.
 */
export function randomNumbers(
  { id, course, random: { count, regenerate } }: Pick<Task, 'id' | 'course' | 'random'>,
  username: string,
  attempt: number,
): number[] {
  const random = pythonRandom(`${username}${id}${course}${regenerate ? attempt : ''}`);
  return Array.from({ length: count }, () => random.random());
}
