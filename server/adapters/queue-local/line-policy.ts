/** How long an id rests: a rule on values. line.ts acts on it. */

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/** @param before how often it failed in a row before this time */
export const restMs = (before: number): number => Math.min(FIRST_DELAY_MS * 2 ** before, LONGEST_DELAY_MS);
