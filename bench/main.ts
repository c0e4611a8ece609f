/** npm run bench: every measure there is, and docs/performance.md from what it found. */
import { parseArgs } from 'node:util';
import { startServer } from '../server/main.ts';
import { runs } from './measures/runs.ts';
import { QUICK_SAMPLES, runBench, SAMPLES } from './run.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, quick: { type: 'boolean' } } });
const measures = await runBench({
  startServer,
  groups: [runs],
  samples: values.quick ? QUICK_SAMPLES : SAMPLES,
  quick: values.quick === true,
  folder: '/tmp',
});
console.log(JSON.stringify(measures, null, 2));
