/** The work of gradeport bench: loaded only when it runs, because it imports the whole server. */
import { chosen, OPERATOR_GROUPS } from '../../../bench/options.ts';
import { isFailed } from '../../../bench/report/results.ts';
import { text } from '../../../bench/report/table.ts';
import { QUICK_SAMPLES, runBench, SAMPLES, Stopped } from '../../../bench/run.ts';
import { startServer } from '../../main/all-in-one.ts';
import { data, json, talk } from '../ui/terminal.ts';

export type BenchOptions = { json?: boolean; quick?: boolean; only?: string; folder: string };

export async function bench({ json: asJson, quick = false, only, folder }: BenchOptions): Promise<void> {
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
