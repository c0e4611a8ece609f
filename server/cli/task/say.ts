/** The results of gradeport task test, for people and as JSON. */
import type { CheckedRecorded } from '../../samples/recorded-check.ts';
import { lineDiff } from '../ui/line-diff.ts';
import { colors, data, harmless } from '../ui/terminal.ts';
import type { Checked } from './cases.ts';

export const isWrong = ({ differences, notes }: CheckedRecorded, strict: boolean): boolean =>
  differences.length > 0 || (strict && notes.length > 0);

/** An element of `gradeport task test --json`: its fields are promised. */
export const toJson = ({ course, task, sample, outcome, differences, notes }: Checked) => ({
  course,
  task,
  sample,
  verdict: outcome?.verdict ?? null,
  result: outcome?.result ?? null,
  grade: outcome?.grade ?? null,
  differences,
  notes,
});

export function say(checked: Checked, strict: boolean): void {
  const { task, sample, outcome, differences, notes } = checked;
  const mark = isWrong(checked, strict) ? colors.red('✗') : colors.green('✓');
  const others = notes.length > 0 ? `; other ${notes.map(({ what }) => what).join(', ')}` : '';
  const grade = outcome ? ` (${outcome.grade} %)` : '';
  data(`${mark} ${harmless(task)} ${harmless(sample)}: ${outcome?.verdict ?? 'not graded'}${grade}${others}`);
  for (const difference of differences) data(indented(difference));
  if (!isWrong(checked, strict)) return;
  for (const { what, recorded, got } of notes) {
    data(`    ${what}:`);
    data(indented(lineDiff(shown(recorded), shown(got)).join('\n'), '      '));
  }
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);
const indented = (text: string, by = '    '): string =>
  text
    .split('\n')
    .map((line) => by + harmless(line))
    .join('\n');

/** So that a log of a thousand lines need not be searched. */
const MOST_NAMED = 20;

/** @param untested tasks without samples and recorded submissions */
export function summaryOf(
  results: readonly Checked[],
  total: number,
  { strict, untested }: { strict: boolean; untested: readonly string[] },
): string {
  const wrong = results.filter((each) => isWrong(each, strict));
  const others = results.filter(({ notes }) => notes.length > 0).length;
  const words = others > 0 ? ` ${others} with other texts or tags (--strict fails on them).` : '';
  const stopped = results.length < total ? ` Stopped after ${results.length}.` : '';
  return [
    `${results.length - wrong.length} of ${total} as expected.${words}${stopped}`,
    ...listOf(
      'Not as expected',
      wrong.map(({ task, sample }) => `${task}/${sample}`),
    ),
    ...listOf('Without samples, and so not tested', untested),
  ].join('\n');
}

function listOf(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return [`${title}: ${names.slice(0, MOST_NAMED).join(', ')}${more}.`];
}
