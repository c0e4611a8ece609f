/** Every partial in every state, with realistic models: for the development page and for tests. */
import { buildSamples } from './builds.ts';
import { courseSamples } from './courses.ts';
import { environmentSamples } from './environments.ts';
import { runSamples } from './runs.ts';
import { taskSamples } from './tasks.ts';
import type { Sample } from './texts.ts';

export const SAMPLES: readonly Sample[] = [
  ...buildSamples,
  ...courseSamples,
  ...taskSamples,
  ...runSamples,
  ...environmentSamples,
].sort((a, b) => (a.partial < b.partial ? -1 : 1));
