/** The report for CI: what it counts, and that nothing of a student or a grader can break it. */
import { expect, test } from 'vitest';
import { type JunitCase, junitOf } from '../../../../server/cli/task/junit.ts';
import { outcomeWithoutRun } from '../../../../server/model/outcome-without-run.ts';

const graded = outcomeWithoutRun({ kind: 'finished', exitCode: 0 });
const took = (totalMs: number) => ({ ...graded, timings: { ...graded.timings, totalMs } });

const one = (change: Partial<JunitCase>): JunitCase => ({
  course: 'algorithms',
  task: 'sorting',
  sample: 'right',
  differences: [],
  notes: [],
  outcome: took(1250),
  wrong: false,
  ...change,
});

test('each task is a suite, and its samples are cases with their times', () => {
  const xml = junitOf([one({}), one({ course: '', task: 'alone', sample: 's', outcome: took(500) })], []);
  expect(xml).toContain(
    '<testsuites name="gradeport task test" tests="2" failures="0" errors="0" skipped="0" time="1.750">',
  );
  expect(xml).toContain('<testsuite name="algorithms/sorting" tests="1"');
  expect(xml).toContain('<testcase classname="algorithms/sorting" name="right" time="1.250"/>');
  expect(xml).toContain('<testcase classname="alone" name="s" time="0.500"/>');
});

test('a difference is a failure, and what could not be graded is an error', () => {
  const xml = junitOf(
    [
      one({ wrong: true, differences: ['expected grade 50, got 100', 'problem q: none'] }),
      one({ wrong: true, outcome: null, differences: ['There is no environment "x".'] }),
      one({ wrong: true, notes: [{ what: 'text', recorded: 'a', got: 'b' }] }),
    ],
    [],
  );
  expect(xml).toContain('tests="3" failures="2" errors="1"');
  expect(xml).toContain(
    '<failure message="expected grade 50, got 100">expected grade 50, got 100\nproblem q: none</failure>',
  );
  expect(xml).toContain('<error message="There is no environment &#34;x&#34;.">');
  expect(xml).toContain('<failure message="other texts or tags than recorded">other text</failure>');
});

test('samples that were not reached are skipped', () => {
  const xml = junitOf([one({})], ['sorting/slow']);
  expect(xml).toContain('tests="2" failures="0" errors="0" skipped="1"');
  expect(xml).toContain('<testcase classname="stopped" name="sorting/slow"><skipped/></testcase>');
});

test('hostile text stays text', () => {
  const evil = `</failure><x a="1">\u0000\u001b[2J\ud800\uffff&'${'y'.repeat(100_000)}`;
  const xml = junitOf([one({ wrong: true, sample: evil, differences: [evil] })], [evil]);
  expect(xml).not.toMatch(/<x |\p{Surrogate}|\p{Cc}(?<![\n\t])|\uffff/u);
  expect(xml.match(/<\/failure>/g)).toHaveLength(1);
  expect(xml.match(/&(?!#\d+;)/)).toBeNull();
  expect(xml.length).toBeLessThan(150_000);
});
