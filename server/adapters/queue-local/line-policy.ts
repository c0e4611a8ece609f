/** How long an id rests, and how many are before it: rules on values. line.ts acts on them. */

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/** @param before how often it failed in a row before this time */
export const restMs = (before: number): number => Math.min(FIRST_DELAY_MS * 2 ** before, LONGEST_DELAY_MS);

/** @param lines one behind the other; null: the id is in none of them */
export function positionIn(lines: readonly Iterable<string>[], runId: string): number | null {
  let before = 0;
  for (const ids of lines) {
    for (const id of ids) {
      if (id === runId) return before;
      before++;
    }
  }
  return null;
}
