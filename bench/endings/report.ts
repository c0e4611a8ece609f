/** Renders docs/endings.md from the measurements. Pure. */

import { summarise } from '../../server/rules/statistics.ts';
import type { Machine } from '../machine.ts';

export type EndingRow = {
  name: string;
  where: string;
  runtime: string;
  /** ms from the event to the moment it was known. */
  samples: number[];
  failures: string[];
};

/** The limit that the docs promise for every ending. */
const PROMISE_MS = 250;

export function endingsReport(rows: readonly EndingRow[], machine: Machine, samples: number): string {
  const runtimes = [...new Set(rows.map(({ runtime }) => runtime))];
  const cell = (row: EndingRow | undefined): string => {
    if (!row || row.samples.length === 0) return row ? 'failed' : '';
    const { median, p95 } = summarise(row.samples);
    return `${median.toFixed(0)} (${p95.toFixed(0)})${p95 > PROMISE_MS ? ' !' : ''}`;
  };
  const table = (where: string): string => {
    const names = [...new Set(rows.filter((row) => row.where === where).map(({ name }) => name))];
    const line = (name: string) =>
      `| ${name} | ${runtimes.map((runtime) => cell(rows.find((row) => row.name === name && row.where === where && row.runtime === runtime))).join(' | ')} |`;
    return [
      `| ending | ${runtimes.join(' | ')} |`,
      `|---|${runtimes.map(() => '---').join('|')}|`,
      ...names.map(line),
    ].join('\n');
  };
  const failures = rows.flatMap(({ name, where, runtime, failures }) =>
    failures.map((failure) => `- ${name}, ${where}, ${runtime}: ${failure.slice(0, 300)}`),
  );
  return `# How soon an ending is known

Written by \`npm run bench:endings\`. Milliseconds from the event itself (the last word of the program before it, the
limit, or the moment the host acted) until Gradeport knew it: median (95th percentile) of ${samples}; \`!\` is over the
promised ${PROMISE_MS} ms. Below 0: known before the program could say it, because the container's processor time and
clock begin a little before the program's own.

Machine: ${machine.processors}, ${machine.memory}, ${machine.kernel}; ${machine.engine}.

## In the grading container: until the outcome is known

${table('grading')}

## In a student container: until the grader has the exit code

For the last three, which the host brings about: until the outcome is known.

${table('student')}
${failures.length > 0 ? `\n## What failed\n\n${failures.join('\n')}\n` : ''}`;
}
