/** Compares pages, API answers and runs with many and with few submissions in the store. */
import type { User } from '../../server/model/collections.ts';
import type { Bench, Group } from '../context.ts';
import { COURSE } from '../house/course.ts';
import { gradeOne, gradeWarm } from '../house/grade.ts';
import { type House, openHouse } from '../house/house.ts';
import { openPages } from '../house/pages.ts';
import { fillStore, ROWS_OF_ONE } from '../house/rows.ts';
import { interleave, type Sampler } from '../report/interleave.ts';
import { measuresOf } from '../report/results.ts';

const manyOf = ({ quick }: Bench): number => (quick ? 1000 : 100_000);

/** The measured addresses, for a student (with ROWS_OF_ONE submissions in both stores) and for a teacher. */
const PAGES = {
  courses: { title: 'page: list of courses', staff: false, path: () => '/courses' },
  course: { title: 'page: course', staff: false, path: () => `/courses/${COURSE}` },
  task: { title: 'page: task', staff: false, path: () => `/courses/${COURSE}/tasks/trivial` },
  run: { title: 'page: run', staff: false, path: (run: string) => `/runs/${run}` },
  'teacher-task': {
    title: 'page: task, teacher',
    staff: true,
    path: () => `/courses/${COURSE}/tasks/trivial`,
  },
  'api-run': { title: 'API: run', staff: false, path: (run: string) => `/api/runs/${run}` },
  'api-own': {
    title: 'API: own submissions to a task',
    staff: false,
    path: () => `/api/courses/${COURSE}/tasks/trivial/submissions`,
  },
  'api-all': {
    title: 'API: everybody’s submissions to a task, teacher',
    staff: true,
    path: () => `/api/courses/${COURSE}/tasks/trivial/submissions`,
  },
} as const;

const RUN_TITLE = 'warm trivial run';
const nameOf = (what: string, rows: number): string => `store-${what}-${rows}`;

function titlesFor(rows: number): Record<string, string> {
  const pages = Object.entries(PAGES).map(([name, { title }]) => [nameOf(name, rows), title]);
  const all = [...pages, [nameOf('warm-run', rows), RUN_TITLE]];
  return Object.fromEntries(all.map(([name, title]) => [name, `${title}, ${rows} submissions in the store`]));
}

export const store: Group = {
  name: 'store',
  titles: (bench) => ({ ...titlesFor(ROWS_OF_ONE), ...titlesFor(manyOf(bench)) }),
  async measure(bench) {
    await using few = await openHouse(bench);
    await using many = await openHouse(bench);
    const sets = [
      { house: few, rows: ROWS_OF_ONE },
      { house: many, rows: manyOf(bench) },
    ];
    using closing = new DisposableStack();
    // The clean-up of one house would slow the other down.
    const quiet = async () => {
      await few.untilQuiet();
      await many.untilQuiet();
    };
    const samplers: Sampler[] = [];
    for (const { house, rows } of sets) {
      bench.say(`store: putting in ${rows} submissions`);
      samplers.push(...(await samplersFor(house, rows, closing, quiet)));
    }
    const progress = (round: number, of: number) => bench.say(`store: round ${round + 1} of ${of}`);
    // The two values of a measure are listed together: few, then many.
    const paired = samplers
      .map((sampler, at) => ({ sampler, order: at % (samplers.length / 2) }))
      .sort((a, b) => a.order - b.order)
      .map(({ sampler }) => sampler);
    return measuresOf(this.titles(bench), await interleave(paired, { ...bench, progress }));
  },
};

async function samplersFor(
  house: House,
  rows: number,
  closing: DisposableStack,
  prepare: () => Promise<void>,
): Promise<Sampler[]> {
  const [student, teacher] = [await house.user(), await house.user('teacher')];
  const run = await fill(house, student, rows);
  const asStudent = closing.use(openPages(house.url, await house.cookie(student)));
  const asTeacher = closing.use(openPages(house.url, await house.cookie(teacher)));
  const pages = Object.entries(PAGES).map(([name, { staff, path }]) => ({
    ...(staff ? asTeacher : asStudent).sampler(nameOf(name, rows), path(run)),
    prepare,
  }));
  const warmRun: Sampler = {
    name: nameOf('warm-run', rows),
    prepare,
    sample: async () => ({ [nameOf('warm-run', rows)]: (await gradeWarm(house, student, 'trivial')).ms }),
  };
  return [...pages, warmRun];
}

/** The id of a run whose page can be opened. */
async function fill(house: House, student: User, rows: number): Promise<string> {
  const { run } = await gradeOne(house, student, 'trivial');
  const sample = await house.store.runs.get(run);
  if (!sample) throw new Error('A run is not in the store.');
  await fillStore(house, student, sample, rows);
  return run;
}
