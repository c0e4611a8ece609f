/** Revisions and their samples, in words and columns for people. */

import { shortDigest } from '../../../environments/revisions/images/revision-tags.ts';
import type { CaseOutcome, GradedRun, Revision, RevisionTest } from '../../../environments/revisions/port.ts';
import { countWrong } from '../../../environments/revisions/tests/sample-test-sentences.ts';
import { colors, data, harmless, table, talk } from '../../ui/terminal.ts';

const whereOf = ({ task, sample }: CaseOutcome): string =>
  harmless(task ? `${task.course}/${task.task} ${sample}` : `image ${sample}`);

/** Every sample; a sample with another result than on the grading revision shows both. */
export function sayCases(cases: readonly CaseOutcome[]): void {
  for (const one of cases) {
    const { differences, verdict, grade, before } = one;
    const mark = differences.length === 0 ? colors.green('✓') : colors.red('✗');
    data(`${mark} ${whereOf(one)}: ${verdict ?? 'not graded'}${grade === null ? '' : ` (${grade} %)`}`);
    if (differences.length === 0) continue;
    if (before) {
      data(colors.red(`    - ${before.verdict} (${before.grade} %)  the revision that grades now`));
      data(colors.green(`    + ${verdict ?? 'not graded'} (${grade ?? '-'} %)  this one`));
    }
    for (const difference of differences) data(`    ${harmless(difference)}`);
  }
}

function shortText(test: RevisionTest | null): string {
  if (!test) return 'not run';
  if (test.cases.length === 0) return 'none there';
  const wrong = countWrong(test.cases);
  return wrong === 0 ? `all ${test.cases.length} ok` : `${wrong} of ${test.cases.length} differ`;
}

export function sayRuns(runs: readonly GradedRun[]): void {
  const rows = runs.map(({ run, course, task, at, verdict, grade }) => [
    run,
    `${course}/${task}`,
    at.slice(0, 16).replace('T', ' '),
    verdict ?? '-',
    grade === null ? '-' : `${grade} %`,
  ]);
  if (rows.length > 0) data(table(['RUN', 'TASK', 'HANDED IN', 'VERDICT', 'GRADE'], rows));
  else talk('It graded no stored run.');
}

export function sayHistory(revisions: readonly Revision[]): void {
  const rows = revisions.map((one) => [
    one.state,
    shortDigest(one.digest),
    harmless(one.image),
    `${one.at.slice(0, 16).replace('T', ' ')}`,
    `${harmless(one.by ?? '-')} (${one.from})`,
    shortText(one.test),
    String(one.runs),
    one.promotedAt?.slice(0, 16).replace('T', ' ') ?? '-',
    [
      ...(one.here ? [] : ['image gone']),
      ...one.pinned.map(({ course, task }) => `pins ${course}/${task}`),
    ].join(', '),
  ]);
  data(table(['STATE', 'DIGEST', 'IMAGE', 'CAME', 'BY', 'SAMPLES', 'RUNS', 'LAST PROMOTED', ''], rows));
  for (const { state, digest, why, promotedBy } of revisions) {
    if (state !== 'current') continue;
    talk(
      `${shortDigest(digest)} grades${promotedBy === null ? '' : `, by ${harmless(promotedBy)}`}. ${harmless(why)}`,
    );
  }
  for (const { state, digest, test } of revisions) {
    if (state !== 'held' || !test) continue;
    talk(`\n${shortDigest(digest)} is held back:`);
    sayCases(test.cases.filter(({ differences }) => differences.length > 0));
  }
}
