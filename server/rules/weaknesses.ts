/**
 * What this machine does not give to the isolation of runs, although Gradeport would use it: found out by trying, in places
 * that lie deep, and reported once. server/main/watch-attacks.ts writes it to the log, and "gradeport doctor" shows it.
 */

export type Weakness = 'slot-users' | 'links';
/**
 * why: what was tried and what the machine said, as a sentence. next: what to do about it, where that is not the same for
 * all of its kind.
 */
export type FoundWeakness = { kind: Weakness; why: string; next?: string };

const found = new Map<Weakness, FoundWeakness>();
const listeners = new Set<(weakness: FoundWeakness) => void>();

/** Only the first of each kind counts: it is the machine's, and does not change. */
export function weak(kind: Weakness, why: string, next?: string): void {
  if (found.has(kind)) return;
  const weakness = { kind, why, ...(next !== undefined && { next }) };
  found.set(kind, weakness);
  for (const listener of listeners) listener(weakness);
}

/** What was found since the start of this process. */
export const weaknesses = (): FoundWeakness[] => [...found.values()];

/** Hears of each kind once, also of those that were found before. @returns the function that stops listening */
export function onWeakness(listener: (weakness: FoundWeakness) => void): () => void {
  for (const weakness of weaknesses()) listener(weakness);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
