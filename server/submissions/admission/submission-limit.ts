/** How many more submissions a student may make to a task, and when. */
import type { SubmissionLimit } from '../../courses/task.ts';
import type { Filter, Store } from '../../ports/store.ts';

const HOUR_MS = 3_600_000;
/** A larger number is not counted one by one. */
const MOST = 10_000;

export type Allowance = {
  limit: SubmissionLimit;
  left: number;
  /** null: never again. */
  nextMs: number | null;
};

/** null: there is no limit. A submission that failed through our fault does not count. */
export async function allowanceOf(
  { runs, submissions }: Pick<Store, 'runs' | 'submissions'>,
  own: Filter,
  limit: SubmissionLimit | null,
  nowMs: number,
): Promise<Allowance | null> {
  if (limit === null) return null;
  const since = sinceOf(limit, nowMs);
  const [made, ours] = await Promise.all([
    submissions.find({ ...own, at: { $gt: since } }, { sort: { at: -1 }, limit: MOST }),
    runs.group('submission', { ...own, 'outcome.verdict': 'system-error' }),
  ]);
  return allowanceAfter(
    made.map(({ id, at }) => ({ at, failedByUs: ours.has(id) })),
    limit,
    nowMs,
  );
}

export type Made = { at: string; failedByUs: boolean };

/** @param made newest first */
export function allowanceAfter(made: readonly Made[], limit: SubmissionLimit, nowMs: number): Allowance {
  const since = sinceOf(limit, nowMs);
  const counted = made.filter(({ at, failedByUs }) => at > since && !failedByUs);
  const left = Math.max(0, limit.amount - counted.length);
  const first = counted[limit.amount - 1];
  const nextMs = limit.hours === null || !first ? null : Date.parse(first.at) + limit.hours * HOUR_MS;
  return { limit, left, nextMs };
}

const sinceOf = ({ hours }: SubmissionLimit, nowMs: number): string =>
  new Date(hours === null ? 0 : Math.max(0, nowMs - hours * HOUR_MS)).toISOString();

/** Why there is no next submission; pages have their own sentence (server/site/show/allowance.ts). */
export function usedUpText({ limit, nextMs }: Allowance): string {
  const { amount, hours } = limit;
  const within = hours === null ? '' : ` within ${hours === 1 ? 'an hour' : `${hours} hours`}`;
  const used = amount === 1 ? 'one submission' : `${amount} submissions`;
  const next = nextMs === null ? '' : ` The next is possible at ${minute(nextMs)}.`;
  return `This task takes ${used}${within}, and you have used ${amount === 1 ? 'it' : 'them all'}.${next}`;
}

/** Rounds up to the next minute, in UTC, so that a student who comes then is not too early. */
const minute = (ms: number): string =>
  `${new Date(Math.ceil(ms / 60_000) * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
