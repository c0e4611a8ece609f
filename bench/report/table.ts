/** The measures as lines of text, for people: a Markdown table in the report, columns on a terminal. */
import { isFailed, isMemory, isRate, isTime, type Measure, type Measures } from './results.ts';
import { show } from './targets.ts';

export type Row = readonly string[];

export const TIME_HEAD: Row = ['measure', 'median ms', 'p95 ms', 'n', '× as fast as docker run'];
export const RATE_HEAD: Row = ['measure', 'runs/s', 'median latency ms', 'p95 latency ms', 'n'];
export const MEMORY_HEAD: Row = ['measure', 'MiB', 'of which', 'drop of available memory, MiB', 'slots'];

const FAILED = 'failed:';

export const timeRows = (measures: Measures): Row[] =>
  rowsOf(measures, isTime, ({ title, median, p95, n, ratioToDockerRun }) => [
    title,
    show(median),
    show(p95),
    String(n),
    ratioToDockerRun === null ? '–' : show(ratioToDockerRun),
  ]);

export const rateRows = (measures: Measures): Row[] =>
  rowsOf(measures, isRate, ({ title, perSecond, median, p95, n }) => [
    title,
    show(perSecond),
    show(median),
    show(p95),
    String(n),
  ]);

export const memoryRows = (measures: Measures): Row[] =>
  rowsOf(measures, isMemory, ({ title, mib, parts, n }) => {
    const { availableMemoryDrop, ...rest } = parts;
    const of = Object.entries(rest).map(([name, value]) => `${name} ${show(value)}`);
    return [title, show(mib), of.join(', '), show(availableMemoryDrop ?? Number.NaN), String(n)];
  });

export const failedRows = (measures: Measures): Row[] =>
  rowsOf(measures, isFailed, ({ title, failed }) => [title, `${FAILED} ${failed.replaceAll('\n', ' ')}`]);

function rowsOf<T extends Measure>(
  measures: Measures,
  is: (measure: Measure) => measure is T,
  row: (measure: T) => Row,
): Row[] {
  return Object.values(measures).filter(is).map(row);
}

export function markdown(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

function columns(head: Row, rows: readonly Row[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, index) => Math.max(...all.map((row) => (row[index] ?? '').length)));
  const cell = (text: string, index: number) =>
    index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0);
  return all.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

/** All measures, for a terminal. */
export function text(measures: Measures): string {
  const parts: [Row, Row[]][] = [
    [TIME_HEAD, timeRows(measures)],
    [RATE_HEAD, rateRows(measures)],
    [MEMORY_HEAD, memoryRows(measures)],
    [['measure', ''], failedRows(measures)],
  ];
  return parts
    .filter(([, rows]) => rows.length > 0)
    .map(([head, rows]) => columns(head, rows))
    .join('\n\n');
}
