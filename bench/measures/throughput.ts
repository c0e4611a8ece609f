/** Many runs queued at once, each by a different user, because a task accepts one waiting run per user. */

import { round, summarise } from '../../server/rules/statistics.ts';
import type { Bench, Group } from '../context.ts';
import type { TaskId } from '../house/course.ts';
import { gradeOne, submit, successOf, untilDone } from '../house/grade.ts';
import { type House, openHouse } from '../house/house.ts';
import { allFailed, type Measures, type RateMeasure } from '../report/results.ts';

const CONCURRENCIES = [1, 2, 4];
const TASKS = { trivial: 'trivial shell grader', student: 'one run_student' } as const;
const queuedOf = ({ quick }: Bench): number => (quick ? 40 : 200);

const throughputName = (task: keyof typeof TASKS, concurrency: number): string =>
  `throughput-${task}-${concurrency}`;

const titleOf = (bench: Bench, task: keyof typeof TASKS, concurrency: number): string =>
  `${queuedOf(bench)} queued at once, ${concurrency} graded at a time, ${TASKS[task]}`;

const KEYS = Object.keys(TASKS) as (keyof typeof TASKS)[];

function titlesAt(bench: Bench, concurrency: number): Record<string, string> {
  return Object.fromEntries(
    KEYS.map((task) => [throughputName(task, concurrency), titleOf(bench, task, concurrency)]),
  );
}

export const throughput: Group = {
  name: 'throughput',
  titles: (bench) => Object.assign({}, ...CONCURRENCIES.map((concurrency) => titlesAt(bench, concurrency))),
  async measure(bench) {
    let all: Measures = {};
    for (const concurrency of CONCURRENCIES) {
      try {
        all = { ...all, ...(await measureAt(bench, concurrency)) };
      } catch (error) {
        bench.signal.throwIfAborted();
        all = { ...all, ...allFailed(titlesAt(bench, concurrency), error) };
      }
    }
    return all;
  },
};

async function measureAt(bench: Bench, concurrency: number): Promise<Measures> {
  await using house = await openHouse(bench, { concurrency, pool: {} });
  const measures: Measures = {};
  for (const task of KEYS) {
    bench.say(`throughput: ${titleOf(bench, task, concurrency)}`);
    measures[throughputName(task, concurrency)] = await rateOf(
      bench,
      house,
      task,
      titleOf(bench, task, concurrency),
    );
  }
  return measures;
}

export async function rateOf(bench: Bench, house: House, task: TaskId, title: string): Promise<RateMeasure> {
  await warmUp(house, task);
  const { perSecond, latencies } = await flood(house, task, queuedOf(bench));
  return { title, perSecond: round(perSecond), ...summarise(latencies) };
}

/** A server that has graded this task before, and now is idle. */
async function warmUp(house: House, task: TaskId): Promise<void> {
  const user = await house.user();
  for (let count = 0; count < 3; count += 1) {
    await gradeOne(house, user, task);
    await house.untilQuiet();
  }
}

async function flood(house: House, task: TaskId, count: number) {
  const users = await Promise.all(Array.from({ length: count }, () => house.user()));
  const begun = performance.now();
  const graded = await Promise.all(
    users.map(async (user) => {
      const run = await submit(house, user, task);
      return { run, at: await untilDone(house, run) };
    }),
  );
  const last = Math.max(...graded.map(({ at }) => at));
  for (const { run } of graded) await successOf(house, run);
  return { perSecond: (count * 1000) / (last - begun), latencies: graded.map(({ at }) => at - begun) };
}
