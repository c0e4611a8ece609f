/** gradeport bench: how fast this machine grades, compared with a bare `docker run` on it. */
import { Command } from 'commander';
import { chosen, defaultFolder, OPERATOR_GROUPS } from '../../bench/options.ts';
import { isFailed } from '../../bench/results.ts';
import { QUICK_SAMPLES, runBench, SAMPLES, Stopped } from '../../bench/run.ts';
import { text } from '../../bench/table.ts';
import { startServer } from '../main.ts';
import { data, json, talk } from './terminal.ts';

type Options = { json?: boolean; quick?: boolean; only?: string; folder: string };

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure how fast this machine grades, beside a bare "docker run"')
    .option('--json', 'print one object per measure')
    .option('--quick', `${QUICK_SAMPLES} samples each instead of ${SAMPLES}, and small crowds`)
    .option('--only <measures>', `some of ${OPERATOR_GROUPS.map(({ name }) => name).join(', ')}; with commas`)
    .option('--folder <folder>', 'where temporary data goes, on the disk to be measured', defaultFolder())
    .addHelpText('after', EXAMPLES)
    .action(bench);
}

const EXAMPLES = `
Examples:
  gradeport bench --quick
  gradeport bench --only runs,memory --json
  gradeport bench --folder /srv/gradeport

It starts servers of its own with temporary data and leaves nothing behind, also when stopped with Ctrl-C. Let
nothing else run meanwhile. What was measured elsewhere, and how: docs/performance.md.
Exit codes: 0 all measured · 1 something could not be measured · 130 stopped.`;

async function bench({ json: asJson, quick = false, only, folder }: Options): Promise<void> {
  const groups = chosen(OPERATOR_GROUPS, only);
  const samples = quick ? QUICK_SAMPLES : SAMPLES;
  try {
    const measures = await runBench({ startServer, groups, samples, quick, folder });
    if (asJson) json(measures);
    else data(text(measures));
    if (Object.values(measures).some(isFailed)) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    talk('Stopped; everything it made is gone.');
    process.exitCode = 130;
  }
}
