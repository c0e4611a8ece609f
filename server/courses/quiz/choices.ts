/** Which choices of a problem are shown, and in which order. Pure. */
import { pythonRandom } from '../python-random.ts';
import type { Choice, ChoiceProblem } from '../task.ts';

/** `index` is the choice's position in the file, which an answer states however the choices are shuffled. */
export type ShownChoice = { index: number; choice: Choice };
/** The reader: the same student with the same language always sees the same choices. */
export type ShownTo = { username: string; lang: string };

/**
 * Exactly INGInious' choices in INGInious' order, so that students who move here find them where they were.
 * It draws from Python's generator, seeded by "problem#language#user name", over the right choices and then the
 * wrong ones; and once more over what is kept. With a limit, every right choice is kept where several may be
 * chosen; else room is left for one.
 */
export function shownChoices(problem: ChoiceProblem, { username, lang }: ShownTo): ShownChoice[] {
  const random = pythonRandom(`${problem.id}#${lang}#${username}`);
  const all = problem.choices.map((choice, index) => ({ index, choice }));
  const order = [...all.filter(isRight), ...all.filter((shown) => !isRight(shown))];
  if (problem.shuffle) random.shuffle(order);
  const kept = keep(order, problem);
  return problem.shuffle ? random.shuffle(kept) : kept.sort((a, b) => a.index - b.index);
}

const isRight = ({ choice }: ShownChoice): boolean => choice.valid;

function keep(order: ShownChoice[], { limit, multiple }: ChoiceProblem): ShownChoice[] {
  const most = limit > 0 ? limit : order.length;
  const right = order.filter(isRight);
  const wrong = order.filter((shown) => !isRight(shown));
  if (multiple) return [...right, ...wrong.slice(0, Math.max(0, most - right.length))];
  const others = wrong.slice(0, most - 1);
  return [...others, ...right.slice(0, most - others.length)];
}
