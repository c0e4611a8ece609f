/** Which choices of a problem are shown, and in which order. Pure. */
import type { Choice, ChoiceProblem } from './task.ts';

/** `index` is the choice's place in the file: what an answer says, however choices are shuffled. */
export type ShownChoice = { index: number; choice: Choice };

/**
 * The same seed (of a student and a task) always shows the same. With a limit, every right choice stays where
 * several may be chosen and one where one may; wrong choices fill the rest. The order is our own: INGInious
 * draws from Python's generator with the seed "problem#language#seed", which is not imitated here yet.
 */
export function shownChoices(problem: ChoiceProblem, seed: string): ShownChoice[] {
  const random = generator(`${problem.id}#${seed}`);
  const all = problem.choices.map((choice, index) => ({ index, choice }));
  const kept = problem.limit > 0 && problem.limit < all.length ? pick(all, problem, random) : all;
  return problem.shuffle ? shuffle(kept, random) : kept.toSorted((a, b) => a.index - b.index);
}

function pick(all: ShownChoice[], problem: ChoiceProblem, random: () => number): ShownChoice[] {
  const right = shuffle(
    all.filter(({ choice }) => choice.valid),
    random,
  );
  const wrong = shuffle(
    all.filter(({ choice }) => !choice.valid),
    random,
  );
  const kept = problem.multiple ? right : right.slice(0, 1);
  return [...kept, ...wrong.slice(0, Math.max(0, problem.limit - kept.length))];
}

/** Fisher and Yates; equal chances for every order. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items];
  const shuffled: T[] = [];
  while (rest.length > 0) shuffled.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return shuffled;
}

/** Numbers in [0, 1) that depend on the text alone: FNV-1a for a start, then mulberry32. */
function generator(text: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
