/** What becomes of an owed grade, and when to look again: rules on values. grade-returns.ts acts on them. */
import type { GradeReturn } from '../model/lti.ts';

const MINUTE_MS = 60_000;
/** After the first try, the second, …: a day and a half in all, so that a platform may be away for a night. */
export const WAITS_MS = [1, 5, 30, 120, 480, 1440].map((minutes) => minutes * MINUTE_MS);
/** After this long, also looks for verdicts whose event was missed. setTimeout takes no more than 24 days. */
export const LONGEST_SLEEP_MS = 3_600_000;

const instantOf = (ms: number): string => new Date(ms).toISOString();

/**
 * The latest next try that the policy may have set after so many tries. A later one was set by a clock that was ahead.
 */
export const latestNextAt = (tries: number, now: number): string =>
  instantOf(now + (WAITS_MS[tries - 1] ?? 0));

/** Its run has a verdict: what earlier tries came to no longer matters. */
export const owedAt = (now: number) => ({
  state: 'waiting' as const,
  tries: 0,
  nextAt: instantOf(now),
  error: null,
});

/** @param error why the platform did not take the grade; null: it took it */
export function afterTry(
  { tries: before }: Pick<GradeReturn, 'tries'>,
  { grade, error }: { grade: number; error: string | null },
  now: number,
): Partial<GradeReturn> {
  if (error === null) return { state: 'sent', grade, sentAt: instantOf(now), error };
  const waitMs = WAITS_MS[before];
  const tries = before + 1;
  if (waitMs === undefined) return { state: 'given-up', tries, error };
  return { tries, error, nextAt: instantOf(now + waitMs) };
}

/**
 * Grades for different platforms go out at the same time, those for one platform one after the other: it is not
 * flooded, and of a student's two grades the older is not the last.
 */
export const byPlatform = <Owed extends Pick<GradeReturn, 'place'>>(due: readonly Owed[]): Owed[][] => [
  ...Map.groupBy(due, ({ place }) => (URL.canParse(place.url) ? new URL(place.url).host : '')).values(),
];

export type Sleep = { ms: number /** Also look for verdicts whose event was missed. */; looksAgain: boolean };

/** @param next the owed grade whose time comes first */
export function sleepUntil(next: Pick<GradeReturn, 'nextAt'> | undefined, now: number): Sleep {
  const ms = next ? Math.max(Date.parse(next.nextAt) - now, 0) : LONGEST_SLEEP_MS;
  return ms < LONGEST_SLEEP_MS ? { ms, looksAgain: false } : { ms: LONGEST_SLEEP_MS, looksAgain: true };
}
