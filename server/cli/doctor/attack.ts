/** gradeport doctor --attack: submits known attacks as a student would, and checks that each one fails. */
import { join } from 'node:path';
import { type AttackCase, GROUPS, type Group, runsOn } from '../../../attacks/case.ts';
import { ATTACKS } from '../../../attacks/cases/all.ts';
import { type AttackResult, openAttacker } from '../../../attacks/run.ts';
import { openEngine } from '../../adapters/open-engine.ts';
import { askedStarts, loadConfig, PROJECT_FOLDER } from '../../config/config.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import { findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import { traitsOf } from '../../environments/discovery/runtimes.ts';
import { GradeportError } from '../../rules/errors.ts';
import { colors, data, harmless, json, talk } from '../ui/terminal.ts';

export type AttackOptions = { data?: string; json?: boolean; runtime?: string; only?: string };

type Row = {
  group: Group | 'honest runs';
  id: string;
  number: number | null;
  title: string;
  runtime: string;
  held: boolean;
  /** The attack succeeds on this runtime, as docs/attacks.md says. */
  knownOpen: boolean;
  verdict: string;
  seconds: number;
  problems: string[];
};

/** @returns whether every attack failed, apart from those that are known to be open */
export async function attack(options: AttackOptions): Promise<boolean> {
  const config = loadConfig({ data: options.data });
  const engine = openEngine(askedStarts(config));
  try {
    const { list, runtimes } = await readEnvironments(engine, config.runtimes, config.aliases);
    const wanted = runtimes.filter((name) => {
      const traits = traitsOf(name, config.runtimes);
      return options.runtime === undefined ? traits && !traits.gpu : name === options.runtime;
    });
    if (wanted.length === 0) {
      throw new GradeportError(
        'not-found',
        `The engine has no runtime "${options.runtime}"; it has ${runtimes.join(', ')}.`,
      );
    }
    const attacker = await openAttacker({
      containers: engine.containers,
      runtimes,
      table: config.runtimes,
      ceilings: config.ceilings,
      find: (name) => findEnvironment(list, name),
      apiFolder: join(PROJECT_FOLDER, 'grading-api'),
    });
    const rows: Row[] = [];
    try {
      for (const runtime of wanted) {
        for (const group of GROUPS) {
          const cases = ATTACKS[group].filter(
            (one) =>
              runsOn(one, runtime) &&
              findEnvironment(list, one.environment ?? 'default')?.available &&
              isWanted(one, group, options.only),
          );
          if (cases.length === 0) continue;
          const { results, beside, after } = await attacker.batch(cases, runtime, (result) =>
            talk(`${mark(result.problems.length === 0)} ${runtime}: ${result.attack.title}`),
          );
          rows.push(...results.map((result) => rowOf(group, runtime, result)));
          rows.push(honestRow(group, runtime, [...beside, ...after]));
        }
      }
    } finally {
      await attacker.close();
    }
    if (options.json) json(rows);
    else for (const line of table(rows, wanted)) data(line);
    return rows.every(({ held, knownOpen }) => held || knownOpen);
  } finally {
    await engine.close();
  }
}

const isWanted = ({ id }: AttackCase, group: Group, only: string | undefined): boolean =>
  only === undefined || only === id || only === group;

const mark = (held: boolean): string => (held ? colors.green('✓') : colors.red('✗'));

const markOf = (row: Row): string => (row.knownOpen && !row.held ? colors.yellow('○') : mark(row.held));

function summary(rows: readonly Row[]): string {
  const held = rows.filter((row) => row.held).length;
  const open = rows.filter((row) => !row.held && row.knownOpen).length;
  return `${held} of ${rows.length} held${open > 0 ? `, ${open} known to be open (○, docs/attacks.md)` : ''}.`;
}

const rowOf = (
  group: Group,
  runtime: string,
  { attack: one, verdict, seconds, problems, known }: AttackResult,
): Row => ({
  group,
  id: one.id,
  number: one.number,
  title: one.title,
  runtime,
  verdict,
  held: problems.length === 0,
  knownOpen: known,
  seconds: Math.round(seconds * 10) / 10,
  problems: known ? [`known: ${one.open?.what}`, ...problems] : problems,
});

const honestRow = (group: Group, runtime: string, problems: string[]): Row => ({
  group: 'honest runs',
  id: `honest, ${group}`,
  number: null,
  runtime,
  problems,
  title: `Honest runs beside and after the attacks of "${group}" get what they deserve and find nothing.`,
  held: problems.length === 0,
  knownOpen: false,
  verdict: problems.length === 0 ? 'success' : 'disturbed',
  seconds: 0,
});

/** One line per attack, one column per runtime; failures are explained below. */
function table(rows: readonly Row[], runtimes: readonly string[]): string[] {
  const width = Math.max(...rows.map(({ id }) => id.length));
  const cell = (row: Row | undefined) => (row ? `${markOf(row)} ${row.verdict.padEnd(14)}` : ' '.repeat(16));
  const lines = [...Map.groupBy(rows, ({ id }) => id)].map(([id, of]) => {
    const cells = runtimes.map((runtime) => cell(of.find((row) => row.runtime === runtime)));
    return `${id.padEnd(width)}  ${cells.join(' ')}`.trimEnd();
  });
  const wrong = rows.filter(({ held }) => !held);
  const complaints = wrong.flatMap((row) => [
    '',
    `${markOf(row)} ${row.id} on ${row.runtime}: ${row.title}`,
    ...row.problems.map((problem) => `    ${harmless(problem)}`),
  ]);
  const head = `${''.padEnd(width)}  ${runtimes.map((runtime) => runtime.padEnd(16)).join(' ')}`.trimEnd();
  return [head, ...lines, ...complaints, '', summary(rows)];
}
