/** Every case that INGInious was measured with, in real containers: the same result object, field by field. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import {
  answersOf,
  CASES,
  type Case,
  CRASHES,
  comparable,
  expected,
  REFUSED_AT_ONCE,
} from '../support/inginious-cases.ts';
import { onceInCi } from '../support/runtimes-here.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

async function gradeCase(one: Case, runtime: string) {
  const { answers, extra } = answersOf(one);
  let stdout = '';
  const outcome = await grader.grade(
    // Those of INGInious' measurement; it has no limit on the clock for what only sleeps. Five student containers in a
    // row on gVisor may take longer than 20 seconds on a busy machine.
    { files: one.files, limits: { time: 10, hard_time: one.name === 'timeout' ? 2 : 60, memory: 128 } },
    {
      answers,
      extra,
      runtime,
      onEvent: (event) => {
        if (event.type === 'output' && event.stream === 'stdout') stdout += event.text;
      },
    },
  );
  const { result, grade, report } = outcome;
  return { said: comparable({ ...report, result, grade, stdout }), details: outcome.details };
}

describe.each(onceInCi('runc', 'runsc'))('on %s', (runtime) => {
  test.concurrent.each(CASES.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const { said, details } = await gradeCase(one, runtime);
    const refused = REFUSED_AT_ONCE[name];
    if (refused) return expect(said).toMatchObject(refused);
    const crash = CRASHES[name];
    if (!crash) {
      expect(said).toEqual(expected(one));
      return;
    }
    // INGInious drops everything and puts its sentence into the text; here it goes to the teacher.
    expect(said).toMatchObject({ result: one.inginious.result, grade: one.inginious.grade });
    expect(details).toMatch(crash);
  });
});
