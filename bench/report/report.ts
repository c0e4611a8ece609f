/** Renders docs/performance.md and its plot from the results of one run. Pure. */
import type { Machine } from '../machine.ts';
import { type PlotRow, plot } from './plot.ts';
import { isTime, type Measures } from './results.ts';
import {
  failedRows,
  MEMORY_HEAD,
  markdown,
  memoryRows,
  RATE_HEAD,
  type Row,
  rateRows,
  TIME_HEAD,
  timeRows,
} from './table.ts';
import { type Target, targetsOf } from './targets.ts';
import { HOW, LIMITS, PLOT_ROWS } from './words.ts';

export type Report = { markdown: string; svg: string | null };

const GROUPS = [
  { title: 'Single runs', prefixes: ['docker-', 'cold-', 'warm-', 'c-', 'own-'] },
  { title: 'Ways of starting containers', prefixes: ['ways-'] },
  { title: 'In the browser', prefixes: ['click-'] },
  { title: 'Many images', prefixes: ['discovery-'] },
  { title: 'Many submissions', prefixes: ['store-'] },
  { title: 'SQLite and MongoDB', prefixes: ['database-'] },
  { title: 'Many watching', prefixes: ['sockets-'] },
];

export function report(measures: Measures, machine: Machine, date: string): Report {
  const svg = plotOf(measures);
  const parts = [
    '# Performance',
    `Written by \`npm run bench\` on ${date}; every number is from that one run, nothing is added by hand.`,
    section('The machine', markdown(['', ''], Object.entries(machine))),
    targetSection(measures),
    svg === null ? '' : '![Milliseconds from handing in to the verdict](images/bench.svg)',
    ...GROUPS.map(({ title, prefixes }) => timeSection(title, pick(measures, prefixes))),
    tableSection('Throughput', RATE_HEAD, rateRows(measures)),
    tableSection('Memory', MEMORY_HEAD, memoryRows(measures)),
    tableSection('What could not be measured', ['measure', 'reason'], failedRows(measures)),
    section('How it is measured', HOW),
    section('What limits what', LIMITS),
  ];
  return { markdown: `${parts.filter((part) => part !== '').join('\n\n')}\n`, svg };
}

const section = (title: string, body: string): string => `## ${title}\n\n${body}`;

const tableSection = (title: string, head: Row, rows: readonly Row[]): string =>
  rows.length === 0 ? '' : section(title, markdown(head, rows));

const timeSection = (title: string, measures: Measures): string =>
  tableSection(title, TIME_HEAD, timeRows(measures));

function pick(measures: Measures, prefixes: readonly string[]): Measures {
  const wanted = Object.entries(measures).filter(([name]) =>
    prefixes.some((prefix) => name.startsWith(prefix)),
  );
  return Object.fromEntries(wanted);
}

const REACHED = new Map<boolean | null, string>([
  [true, 'yes'],
  [false, '**no**'],
  [null, 'not measured'],
]);

/** Left out if the run measured none of the targets; otherwise missing measures are shown, too. */
function targetSection(measures: Measures): string {
  const all = targetsOf(measures);
  return all.some(({ found }) => found !== null) ? section('Targets', targetTable(all)) : '';
}

const targetTable = (targets: readonly Target[]): string =>
  markdown(
    ['what', 'target', 'found', 'reached'],
    targets.map(({ what, wanted, found, reached }) => [
      what,
      wanted,
      found ?? '–',
      REACHED.get(reached) ?? '',
    ]),
  );

/** null when none of its measures is present. */
function plotOf(measures: Measures): string | null {
  const rows = PLOT_ROWS.flatMap(({ name, label, group }): PlotRow[] => {
    const measure = measures[name];
    return measure && isTime(measure) && measure.median > 0
      ? [{ label, group, median: measure.median, p95: measure.p95 }]
      : [];
  });
  return rows.length === 0 ? null : plot('From handing in to the verdict in the store', rows);
}
