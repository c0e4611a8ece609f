/** How often an environment is used, and how long its verdicts take, day by day. */
import { setImmediate } from 'node:timers/promises';
import type { Run } from '../model/collections.ts';
import type { Collection, Filter } from '../ports/store.ts';
import { median, percentile } from '../rules/statistics.ts';

export const USE_DAYS = 30;
/** More runs of one day would hardly change the median, and each is a row to read. */
export const MOST_PER_DAY = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

export type DayUse = {
  /** "2026-11-20", in UTC. */
  day: string;
  runs: number;
  /** From submission to verdict; null without a run. */
  medianMs: number | null;
  p95Ms: number | null;
};

/**
 * The last days, oldest first, today included. Two bounded questions a day, both answered by one index alone; a day's
 * times are those of its last MOST_PER_DAY runs.
 */
export async function useOf(
  runs: Pick<Collection<Run>, 'count' | 'pluck'>,
  name: string,
  nowMs: number,
): Promise<DayUse[]> {
  const days: DayUse[] = [];
  const first = Math.floor(nowMs / DAY_MS) - USE_DAYS + 1;
  for (let day = first; day < first + USE_DAYS; day += 1) {
    days.push(await useOn(runs, name, day * DAY_MS));
    // The embedded store answers on this thread: grading gets its turn in between.
    await setImmediate();
  }
  return days;
}

async function useOn(
  runs: Pick<Collection<Run>, 'count' | 'pluck'>,
  name: string,
  fromMs: number,
): Promise<DayUse> {
  const [from, to] = [fromMs, fromMs + DAY_MS].map((ms) => new Date(ms).toISOString());
  const filter: Filter = { 'environment.name': name, doneAt: { $gte: from ?? '', $lt: to ?? '' } };
  const day = (from ?? '').slice(0, 10);
  const count = await runs.count(filter);
  if (count === 0) return { day, runs: 0, medianMs: null, p95Ms: null };
  const newest = { sort: { doneAt: -1, queuedAt: -1 }, limit: MOST_PER_DAY, alone: true } as const;
  const rows = await runs.pluck(['doneAt', 'queuedAt'], filter, newest);
  const times = rows.map(([doneAt, queuedAt]) => Date.parse(String(doneAt)) - Date.parse(String(queuedAt)));
  return { day, runs: count, medianMs: median(times), p95Ms: percentile(times, 0.95) };
}
