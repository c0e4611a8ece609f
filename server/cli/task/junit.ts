/**
 * Results in the JUnit format, which GitHub, GitLab, Jenkins and others show. It has no standard; this is the part that
 * all of them read: github.com/testmoapp/junitxml.
 */
import { harmless } from '../ui/terminal.ts';
import type { Checked } from './cases.ts';

/** XML 1.0 has no way to write these at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
/** Readers show the beginning of a text. */
const MOST_CHARACTERS = 20_000;

const text = (value: string): string =>
  harmless(value.slice(0, MOST_CHARACTERS))
    .replace(NOT_IN_XML, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export type JunitCase = Checked & { wrong: boolean };

/** @param left names of samples that were not graded, because the command was stopped */
export function junitOf(results: readonly JunitCase[], left: readonly string[]): string {
  const suites = [...Map.groupBy(results, suiteName)].map(([name, cases]) => suiteOf(name, cases));
  if (left.length > 0) suites.push(suiteOfLeft(left));
  const counts = countsOf(results, left.length);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gradeport task test" ${counts}>\n${suites.join('\n')}\n</testsuites>\n`;
}

const suiteName = ({ course, task }: JunitCase): string => (course === '' ? task : `${course}/${task}`);

const secondsOf = ({ outcome }: JunitCase): number => (outcome?.timings.totalMs ?? 0) / 1000;

function countsOf(results: readonly JunitCase[], skipped = 0): string {
  const wrong = results.filter((each) => each.wrong);
  const errors = wrong.filter(({ outcome }) => outcome === null).length;
  const seconds = results.reduce((sum, each) => sum + secondsOf(each), 0);
  return [
    `tests="${results.length + skipped}"`,
    `failures="${wrong.length - errors}"`,
    `errors="${errors}"`,
    `skipped="${skipped}"`,
    `time="${seconds.toFixed(3)}"`,
  ].join(' ');
}

const suiteOf = (name: string, cases: readonly JunitCase[]): string =>
  `  <testsuite name="${text(name)}" ${countsOf(cases)}>\n${cases.map((one) => caseOf(name, one)).join('\n')}\n  </testsuite>`;

function caseOf(suite: string, one: JunitCase): string {
  const begin = `    <testcase classname="${text(suite)}" name="${text(one.sample)}" time="${secondsOf(one).toFixed(3)}"`;
  if (!one.wrong) return `${begin}/>`;
  const [first = 'other texts or tags than recorded'] = one.differences;
  const all = [...one.differences, ...one.notes.map(({ what }) => `other ${what}`)].join('\n');
  // "error": it could not be graded at all.
  const kind = one.outcome === null ? 'error' : 'failure';
  return `${begin}>\n      <${kind} message="${text(first)}">${text(all)}</${kind}>\n    </testcase>`;
}

const suiteOfLeft = (names: readonly string[]): string =>
  `  <testsuite name="stopped" ${countsOf([], names.length)}>\n${names
    .map((name) => `    <testcase classname="stopped" name="${text(name)}"><skipped/></testcase>`)
    .join('\n')}\n  </testsuite>`;
