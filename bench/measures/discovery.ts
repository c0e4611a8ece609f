/** The cost of many images: for listing them, for seeing a new one, and for work that should not be affected. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openEnvironments, readEnvironments } from '../../server/environments/catalogue.ts';
import type { EnvironmentCatalogue } from '../../server/environments/discovery/environment.ts';
import type { Bench, Group } from '../context.ts';
import { COURSE } from '../house/course.ts';
import { gradeOne, gradeWarm } from '../house/grade.ts';
import { type House, openHouse } from '../house/house.ts';
import { createTinyImages, type TinyImages } from '../house/images.ts';
import { openPages } from '../house/pages.ts';
import { interleave, type Sampler } from '../report/interleave.ts';
import { type Measures, measuresOf } from '../report/results.ts';

const countsOf = ({ quick }: Bench): number[] => (quick ? [0, 10] : [0, 10, 100, 1000]);
/** The load of an image is an event of its own, and the listing after it is debounced. */
const LOAD_IS_OVER_MS = 150;
const APPEARS_WITHIN_MS = 10_000;

const titlesAt = (count: number): Record<string, string> => ({
  [`discovery-list-${count}`]: `one listing of all images, ${count} environments more`,
  [`discovery-tag-${count}`]: `from \`docker tag\` to being in the catalogue, ${count} environments more`,
  [`discovery-run-${count}`]: `warm trivial run, ${count} environments more`,
  [`discovery-task-page-${count}`]: `page of a task, ${count} environments more`,
  [`discovery-list-page-${count}`]: `page that lists all environments, ${count} more`,
});

export const discovery: Group = {
  name: 'discovery',
  titles: (bench) => Object.assign({}, ...countsOf(bench).map(titlesAt)),
  async measure(bench) {
    await using images = createTinyImages(bench.id);
    await using house = await openHouse(bench);
    const user = await house.user();
    using pages = openPages(house.url, await house.cookie(user));
    await gradeOne(house, user, 'trivial');
    let all: Measures = {};
    for (const count of countsOf(bench)) {
      bench.say(`discovery: making ${count} images`);
      await images.growTo(count);
      await sleep(LOAD_IS_OVER_MS);
      await using live = await openCatalogue();
      const samplers: Sampler[] = [
        { name: 'list', sample: async () => ({ [`discovery-list-${count}`]: await listOnce() }) },
        tagSampler(images, live.catalogue, `discovery-tag-${count}`),
        {
          name: 'run',
          sample: async () => ({ [`discovery-run-${count}`]: (await gradeWarm(house, user, 'trivial')).ms }),
        },
        pages.sampler(`discovery-task-page-${count}`, `/courses/${COURSE}/tasks/trivial`),
        pages.sampler(`discovery-list-page-${count}`, '/environments'),
      ];
      const samples = await interleave(samplers.map(afterQuiet(house)), {
        ...bench,
        progress: (round, of) => bench.say(`discovery: ${count} images, round ${round + 1} of ${of}`),
      });
      all = { ...all, ...measuresOf(titlesAt(count), samples) };
    }
    return all;
  },
};

/** The clean-up after a run must not fall into another sample. */
const afterQuiet =
  (house: House) =>
  (sampler: Sampler): Sampler => ({
    ...sampler,
    async prepare() {
      await house.untilQuiet();
      await sampler.prepare?.();
    },
  });

async function openCatalogue() {
  const engine = openEngine();
  const catalogue = await openEnvironments(engine, {});
  return {
    catalogue,
    async [Symbol.asyncDispose]() {
      await catalogue.close();
      await engine.close();
    },
  };
}

async function listOnce(): Promise<number> {
  const engine = openEngine();
  const begun = performance.now();
  await readEnvironments(engine, {});
  const taken = performance.now() - begun;
  await engine.close();
  return taken;
}

function tagSampler(images: TinyImages, catalogue: EnvironmentCatalogue, name: string): Sampler {
  let nameless = { id: '', grading: '' };
  return {
    name: 'tag',
    async prepare() {
      nameless = await images.addNameless();
      await sleep(LOAD_IS_OVER_MS);
    },
    async sample() {
      const { id, grading } = nameless;
      const begun = performance.now();
      const appeared = untilListed(catalogue, grading);
      appeared.catch(() => {});
      await images.tag(id);
      const taken = (await appeared) - begun;
      await images.untag();
      return { [name]: taken };
    },
  };
}

function untilListed(catalogue: EnvironmentCatalogue, grading: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error('A tagged image did not appear in the catalogue.'));
    }, APPEARS_WITHIN_MS);
    const stop = catalogue.onChange(() => {
      if (!catalogue.find(grading)) return;
      stop();
      clearTimeout(timer);
      resolve(performance.now());
    });
  });
}
