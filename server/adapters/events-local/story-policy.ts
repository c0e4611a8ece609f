/** Which attempt an event belongs to, and which finished runs are forgotten: rules on values. stories.ts acts on them. */
import type { RunEvent } from '../../model/run-events.ts';

/**
 * @param known the attempt that is kept of the event's run
 * @returns null: the event's attempt was given up long ago
 */
export function attemptOf(event: RunEvent, known: number | undefined): number | null {
  if (event.type !== 'starting') return known ?? 0;
  return known !== undefined && event.attempt < known ? null : event.attempt;
}

/**
 * @param done the sizes of the finished runs, oldest first
 * @param totalBytes the size of all runs
 * @returns how many of the oldest are forgotten
 */
export function countToForget(
  done: readonly number[],
  totalBytes: number,
  { maxDone, maxBytes }: { maxDone: number; maxBytes: number },
): number {
  let total = totalBytes;
  for (const [at, bytes] of done.entries()) {
    if (done.length - at <= maxDone && total <= maxBytes) return at;
    total -= bytes;
  }
  return done.length;
}
