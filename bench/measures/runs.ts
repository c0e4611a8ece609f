/** Single runs in turn: bare `docker run`, Gradeport without slots made ahead, Gradeport with them. */
import type { Outcome, User } from '../../server/model/collections.ts';
import type { Bench, Group } from '../context.ts';
import type { TaskId } from '../house/course.ts';
import { dockerRun, imageOf } from '../house/docker-run.ts';
import { gradeOne, gradeWarm } from '../house/grade.ts';
import { type House, openHouse } from '../house/house.ts';
import { interleave, type Sample, type Sampler } from '../report/interleave.ts';
import { DOCKER_RUN, measuresOf } from '../report/results.ts';

const TITLES = {
  [DOCKER_RUN]: '`docker run --rm`, default options, program `true`',
  'docker-run-no-network': '`docker run --rm --network none`, program `true`',
  'cold-trivial': 'cold, trivial shell grader',
  'cold-python': 'cold, Python grader',
  'cold-student': 'cold, Python grader with one run_student of `true`',
  'cold-c': 'cold, C compiled and run through run_student',
  'warm-trivial': 'warm, trivial shell grader',
  'warm-python': 'warm, Python grader',
  'warm-student': 'warm, Python grader with one run_student of `true`',
  'warm-student-mixed': 'the same, where other tasks of the course share its slots',
  'warm-c': 'warm, C compiled and run through run_student',
  'c-by-itself': 'the same compiler and program in a warm container, without Gradeport between',
  'own-trivial': 'own share of a warm trivial run',
  'own-python': 'own share of a warm Python run',
};

const COLD_TASKS: TaskId[] = ['trivial', 'python', 'student', 'c'];
const WARM_TASKS: TaskId[] = ['trivial', 'python', 'student', 'student-mixed', 'c'];

export const runs: Group = {
  name: 'runs',
  titles: () => TITLES,
  async measure(bench) {
    const image = await imageOf('default');
    await using cold = await openHouse(bench, { pool: { maxIdle: 0 } });
    await using warm = await openHouse(bench);
    const quiet = async () => {
      await cold.untilQuiet();
      await warm.untilQuiet();
    };
    const samplers = [
      ...dockerSamplers(image),
      ...(await coldSamplers(cold)),
      ...(await warmSamplers(warm)),
    ].map((sampler) => ({ ...sampler, prepare: quiet }));
    return measuresOf(TITLES, await interleave(samplers, options(bench)));
  },
};

const options = ({ samples, signal, say }: Bench) => ({
  samples,
  signal,
  // Two slots of each kind wait from the first run on; only later slots know that run_student is used.
  warmUp: 4,
  progress: (round: number, of: number) => say(`single runs: round ${round + 1} of ${of}`),
});

const dockerSamplers = (image: string): Sampler[] => [
  { name: DOCKER_RUN, sample: async () => ({ [DOCKER_RUN]: await dockerRun(image, []) }) },
  {
    name: 'docker-run-no-network',
    sample: async () => ({ 'docker-run-no-network': await dockerRun(image, ['--network', 'none']) }),
  },
];

async function coldSamplers(house: House): Promise<Sampler[]> {
  const user = await house.user();
  return COLD_TASKS.map((task) => ({
    name: `cold-${task}`,
    sample: async () => ({ [`cold-${task}`]: (await gradeOne(house, user, task)).ms }),
  }));
}

async function warmSamplers(house: House): Promise<Sampler[]> {
  const user = await house.user();
  const byItself: Sampler = {
    name: 'c-by-itself',
    sample: async () => ({ 'c-by-itself': customMs((await gradeOne(house, user, 'c-by-itself')).outcome) }),
  };
  return [...WARM_TASKS.map((task) => warmSampler(house, user, task)), byItself];
}

function warmSampler(house: House, user: User, task: TaskId): Sampler {
  let isFirst = true;
  return {
    name: `warm-${task}`,
    async sample(): Promise<Sample> {
      // The first run needs a kind of slot that has not been requested before.
      const timed = await (isFirst ? gradeOne : gradeWarm)(house, user, task);
      isFirst = false;
      const total = { [`warm-${task}`]: timed.ms };
      if (task !== 'trivial' && task !== 'python') return total;
      return { ...total, [`own-${task}`]: timed.ms - programMs(timed.outcome) };
    },
  };
}

function customMs({ report }: Outcome): number {
  const value = report.custom['ms'];
  if (typeof value !== 'number') throw new Error('The grader did not say how long its programs took.');
  return value;
}

/** From the start of the grader to its end, as measured by the agent if the outcome contains it. */
function programMs({ timings }: Outcome): number {
  return 'programMs' in timings && typeof timings.programMs === 'number'
    ? timings.programMs
    : timings.graderMs;
}
