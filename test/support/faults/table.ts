/**
 * The rows of a run of test/faults/steps.test.ts, kept while it goes on, and the page that they make. A run that was
 * interrupted goes on where it ended, tries again what went wrong, and several processes may share the steps.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { type Case, type Lasts, waysOf } from './faults.ts';
import { OK, type Row } from './walk-steps.ts';

const PAGE = join(PROJECT_FOLDER, 'docs/faults-harness.md');

const rowSchema = z.object({
  scenario: z.string(),
  step: z.string(),
  lasts: z.enum(['once', 'while', 'restart', 'unheard']),
  ms: z.number(),
  outcome: z.string(),
});
const lineSchema = z.object({
  store: z.string(),
  commit: z.string(),
  at: z.string(),
  steps: z.object({ scenario: z.string(), steps: z.array(z.string()) }).optional(),
  row: rowSchema.optional(),
});
type Line = z.infer<typeof lineSchema>;

/** @param folder keeps the rows; null: they are not kept, and no page is written */
export function openRows(folder: string | null, store: 'SQLite' | 'MongoDB') {
  if (folder === null)
    return { isTried: () => false, steps: (_: string, steps: readonly string[]) => steps, saw: () => {} };
  mkdirSync(folder, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: PROJECT_FOLDER,
    encoding: 'utf8',
  });
  const lines = readLines(folder);
  const keep = (more: Pick<Line, 'steps' | 'row'>) => {
    const line = { store, commit: commit.trim(), at: new Date().toISOString(), ...more };
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(line)}\n`);
    writeFileSync(PAGE, pageOf(readLines(folder)));
  };
  return {
    isTried: (scenario: string, { step, lasts }: Case): boolean =>
      lines.some(
        ({ store: where, row }) =>
          where === store &&
          row?.scenario === scenario &&
          row.step === step &&
          row.lasts === lasts &&
          !row.outcome.startsWith('WRONG'),
      ),
    /** @returns those, and what earlier runs met: some steps come only now and then */
    steps(scenario: string, steps: readonly string[]): readonly string[] {
      keep({ steps: { scenario, steps: [...steps] } });
      const own = lines.filter((line) => line.store === store && line.steps?.scenario === scenario);
      return [...new Set([...steps, ...own.flatMap((line) => line.steps?.steps ?? [])])];
    },
    saw: (row: Row): void => keep({ row }),
  };
}

const readLines = (folder: string): Line[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    // Another process may be in the middle of its last line.
    .filter((line) => line.endsWith('}'))
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .toSorted((one, other) => one.at.localeCompare(other.at));

const HEAD = `# The steps of the fault harness, by number

\`npm run test:faults\` writes this page; do not edit it. Each line is a call that a server made through a port while people
did what the heading says, and each cell is one try in which that call failed: alone, once; with everything of its part
for 2.5 seconds; with everything of its part until a restart; or by a lost answer, after the work was done. A clock jumps by
an hour instead, ahead or behind. ✓ and the time in seconds: each submission had one verdict, the learning platform the latest
grade, builds and images a final state. "–": the call was not made in that try. An empty cell was not tried.
`;

const COLUMNS: [Lasts, string][] = [
  ['once', 'once'],
  ['while', 'for 2.5 s'],
  ['restart', 'until a restart'],
  ['unheard', 'answer lost'],
];

/** Exported for the page's own test. */
export function pageOf(lines: readonly Line[]): string {
  const places = new Map<string, Line[]>();
  for (const line of lines) {
    const key = `${capital(line.steps?.scenario ?? line.row?.scenario ?? '')} (${line.store})`;
    places.set(key, [...(places.get(key) ?? []), line]);
  }
  return [HEAD, ...[...places].map(([title, own]) => sectionOf(title, own))].join('\n');
}

function sectionOf(title: string, lines: readonly Line[]): string {
  const rows = lines.flatMap(({ row }) => row ?? []);
  const steps = [...new Set(lines.flatMap(({ steps: one, row }) => one?.steps ?? row?.step ?? []))];
  const isAway = lines.some(({ store }) => store === 'MongoDB');
  const columns = COLUMNS.filter(([lasts]) => steps.some((step) => waysOf(step, isAway).includes(lasts)));
  const all = steps.flatMap((step) => waysOf(step, isAway)).length;
  const last = new Map(rows.map((row) => [keyOf(row), row]));
  const wrong = [...last.values()].filter(({ outcome }) => outcome.startsWith('WRONG'));
  const commits = [...new Set(lines.map(({ commit }) => commit))].join(', ');
  const counts = `${steps.length} steps, ${last.size} of ${all} tries made, ${wrong.length} wrong. Commit ${commits}, ${(lines.at(-1)?.at ?? '').slice(0, 10)}.`;
  const table = [
    `| | step | ${columns.map(([, name]) => name).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...steps.map((step, at) => {
      const cells = columns.map(([lasts]) => cellOf(last.get(keyOf({ step, lasts }))));
      return `| ${at + 1} | \`${step}\` | ${cells.join(' | ')} |`;
    }),
  ];
  const why = wrong.map(
    ({ step, lasts, outcome }) =>
      `- \`${step}\` ${lasts}: ${outcome.replaceAll(/\/\S+\//g, '…/').slice(0, 200)}`,
  );
  return [`## ${title}`, '', counts, '', ...table, '', ...(why.length > 0 ? [...why, ''] : [])].join('\n');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const keyOf = ({ step, lasts }: Case): string => `${step} ${lasts}`;

function cellOf(row: Row | undefined): string {
  if (!row) return '';
  if (row.outcome === OK) return `✓ ${(row.ms / 1000).toFixed(1)}`;
  return row.outcome === 'not met' ? '–' : '✗';
}
