/** npm run bench:endings: measures how soon after its event each ending is known; writes docs/endings.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { openEngineProxy } from '../../test/support/engine-proxy.ts';
import { openTestGrader } from '../../test/support/grade.ts';
import { describeMachine } from '../machine.ts';
import { createProgress } from '../progress.ts';
import { CASES, type EndingCase, GRADER_CASES } from './cases.ts';
import { measureEnding, type Where } from './measure.ts';
import { type EndingRow, endingsReport } from './report.ts';

type Options = { samples: number; only?: string; json?: boolean };

const RUNTIMES = ['runc', 'crun', 'runsc'];

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It takes a number from 1.');
  return value;
};

const program = new Command('npm run bench:endings --')
  .description('measure how soon each ending is known, and write docs/endings.md')
  .option('--samples <n>', 'of each ending, place and runtime', count, 10)
  .option('--only <text>', 'only endings whose name contains this; nothing is written')
  .option('--json', 'print the samples')
  .action(measureAll);

async function measureAll({ samples, only, json }: Options): Promise<void> {
  const machine = await describeMachine(tmpdir());
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-endings-'));
  const proxy = await openEngineProxy(join(folder, 'engine.sock'));
  process.env['DOCKER_HOST'] = proxy.host;
  const openHouse = async (engine: Engine) => ({ engine, grader: await openTestGrader({ engine }) });
  const usual = await openHouse(openEngine());
  // A container that the runtime started directly does not need the engine.
  const byEngine = await openHouse(openEngine('engine'));
  const progress = createProgress();
  const rows = rowsFor(only);
  try {
    // Round by round, so that a temporary disturbance affects all cases alike.
    for (let round = 0; round < samples; round += 1) {
      for (const row of rows) {
        progress.say(`round ${round + 1} of ${samples}: ${row.name}, ${row.where}, ${row.runtime}`);
        try {
          const house = row.ending.act === 'cut-engine' ? byEngine : usual;
          row.samples.push(await measureEnding(house, row.ending, row.where, row.runtime, proxy));
        } catch (error) {
          row.failures.push(error instanceof Error ? error.message : String(error));
        }
      }
    }
  } finally {
    progress.end();
    await usual.grader.close();
    await byEngine.grader.close();
    await proxy.close();
    rmSync(folder, { recursive: true });
  }
  const text = endingsReport(rows, machine, samples);
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : text);
  if (only === undefined) await writeFile(join(PROJECT_FOLDER, 'docs/endings.md'), text);
  if (rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

type Row = EndingRow & { ending: EndingCase; where: Where };

function rowsFor(only: string | undefined): Row[] {
  const places: [Where, readonly EndingCase[]][] = [
    ['grading', [...CASES, ...GRADER_CASES]],
    ['student', CASES],
  ];
  return places.flatMap(([where, cases]) =>
    cases
      .filter(({ name }) => only === undefined || name.includes(only))
      .flatMap((ending) =>
        RUNTIMES.map((runtime) => ({
          name: ending.name,
          ending,
          where,
          runtime,
          samples: [],
          failures: [],
        })),
      ),
  );
}

await program.parseAsync();
