/** npm run bench: runs every measure, and writes docs/performance.md from the results. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { PROJECT_FOLDER } from '../server/config/config.ts';
import { startServer } from '../server/main/all-in-one.ts';
import { describeMachine } from './machine.ts';
import { browser } from './measures/browser.ts';
import { databases } from './measures/databases.ts';
import { store } from './measures/store.ts';
import { chosen, defaultFolder, OPERATOR_GROUPS } from './options.ts';
import { report } from './report/report.ts';
import { isFailed, type Measures } from './report/results.ts';
import { text } from './report/table.ts';
import { QUICK_SAMPLES, runBench, SAMPLES, Stopped } from './run.ts';

type Options = { json?: boolean; quick?: boolean; only?: string; report?: string; folder: string };

const GROUPS = [...OPERATOR_GROUPS, browser, store, databases];

const program = new Command('npm run bench --')
  .description('measure Gradeport on this machine and write docs/performance.md')
  .option('--json', 'print one object per measure')
  .option('--quick', `${QUICK_SAMPLES} samples each and small crowds, to try it`)
  .option('--only <groups>', `some of ${GROUPS.map(({ name }) => name).join(', ')}; with commas`)
  .option(
    '--report <folder>',
    'where to write performance.md and its plot (default: docs/ after a whole run, else nowhere)',
  )
  .option('--folder <folder>', 'where temporary data goes, on the disk to be measured', defaultFolder())
  .action(bench);

async function bench(options: Options): Promise<void> {
  const { quick = false, only, folder } = options;
  const groups = chosen(GROUPS, only);
  const samples = quick ? QUICK_SAMPLES : SAMPLES;
  const measures = await runBench({ startServer, groups, samples, quick, folder });
  console.log(options.json ? JSON.stringify(measures, null, 2) : text(measures));
  // A quick or partial run must not replace the numbers of a full run.
  const place = options.report ?? (quick || only !== undefined ? null : join(PROJECT_FOLDER, 'docs'));
  if (place !== null) await writeReport(measures, folder, resolve(place));
  if (Object.values(measures).some(isFailed)) process.exitCode = 1;
}

async function writeReport(measures: Measures, folder: string, place: string): Promise<void> {
  const written = report(measures, await describeMachine(folder), new Date().toISOString().slice(0, 10));
  await mkdir(join(place, 'images'), { recursive: true });
  await writeFile(join(place, 'performance.md'), written.markdown);
  if (written.svg !== null) await writeFile(join(place, 'images', 'bench.svg'), written.svg);
  process.stderr.write(`Written: ${join(place, 'performance.md')}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  const isStopped = error instanceof Stopped;
  process.stderr.write(
    isStopped
      ? 'Stopped; everything it made is gone.\n'
      : `${error instanceof Error ? error.message : error}\n`,
  );
  process.exitCode = isStopped ? 130 : 1;
}
