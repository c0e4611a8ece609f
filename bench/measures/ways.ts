/** The three ways of starting containers beside each other and beside a bare `docker run`, in one run: for their ratios. */
import { WAYS, type WayName } from '../../server/rules/ways.ts';
import type { Bench, Group } from '../context.ts';
import { dockerRun, imageOf } from '../house/docker-run.ts';
import { gradeOne, gradeWarm } from '../house/grade.ts';
import { type House, openHouse } from '../house/house.ts';
import { interleave, type Sampler } from '../report/interleave.ts';
import {
  allFailed,
  DOCKER_RUN_BESIDE_WAYS as DOCKER,
  type Measures,
  measuresOf,
  OF_WAYS,
} from '../report/results.ts';
import { rateOf } from './throughput.ts';

const TASKS = {
  trivial: 'warm, trivial shell grader',
  student: 'warm, Python grader with one run_student of `true`',
} as const;
const KEYS = Object.keys(TASKS) as (keyof typeof TASKS)[];

const timeName = (way: WayName, task: keyof typeof TASKS) => `${OF_WAYS}${way}-${task}`;
const rateName = (way: WayName) => `throughput-${way}`;
const PER_WAY = 'trivial';

const TIMES: Record<string, string> = {
  [DOCKER]: '`docker run --rm`, default options, program `true`',
  ...Object.fromEntries(
    WAYS.flatMap((way) => KEYS.map((task) => [timeName(way, task), `${way}: ${TASKS[task]}`])),
  ),
};
const rateTitle = (way: WayName) => `${way}: queued at once, 2 graded at a time, trivial shell grader`;
const RATES = Object.fromEntries(WAYS.map((way) => [rateName(way), rateTitle(way)]));

export const ways: Group = {
  name: 'ways',
  titles: () => ({ ...TIMES, ...RATES }),
  async measure(bench) {
    return { ...(await single(bench)), ...(await many(bench)) };
  },
};

async function single(bench: Bench): Promise<Measures> {
  const image = await imageOf('default');
  await using undo = new AsyncDisposableStack();
  const houses: [WayName, House][] = [];
  for (const way of WAYS) houses.push([way, undo.use(await openHouse(bench, { execution: way }))]);
  const prepare = async () => {
    for (const [, house] of houses) await house.untilQuiet();
  };
  const samplers: Sampler[] = [
    { name: DOCKER, sample: async () => ({ [DOCKER]: await dockerRun(image, []) }) },
  ];
  for (const [way, house] of houses) {
    const user = await house.user();
    for (const task of KEYS) {
      let take = gradeOne;
      samplers.push({
        name: timeName(way, task),
        async sample() {
          const { ms } = await take(house, user, task);
          // The first run needs a kind of slot that has not been requested before.
          take = gradeWarm;
          return { [timeName(way, task)]: ms };
        },
      });
    }
  }
  const { samples, signal, say } = bench;
  const progress = (round: number, of: number) => say(`ways: round ${round + 1} of ${of}`);
  const taken = await interleave(
    samplers.map((sampler) => ({ ...sampler, prepare })),
    { samples, signal, warmUp: 4, progress },
  );
  return measuresOf(TIMES, taken);
}

async function many(bench: Bench): Promise<Measures> {
  const measures: Measures = {};
  for (const way of WAYS) {
    bench.say(`ways: many runs, ${way}`);
    try {
      await using house = await openHouse(bench, { execution: way, concurrency: 2, pool: {} });
      measures[rateName(way)] = await rateOf(bench, house, PER_WAY, rateTitle(way));
    } catch (error) {
      bench.signal.throwIfAborted();
      Object.assign(measures, allFailed({ [rateName(way)]: rateTitle(way) }, error));
    }
  }
  return measures;
}
