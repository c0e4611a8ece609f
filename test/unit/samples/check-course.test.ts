/** The self-check grades the samples of a course, and those that come out wrong once more. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { openCourses } from '../../../server/courses/catalogue.ts';
import { checkCourse } from '../../../server/samples/self-check.ts';
import { gradeQuizHere } from '../../../server/worker/grade-quiz.ts';
import type { Grader } from '../../../server/worker/grade-task.ts';

/** The quiz of the demo course: two samples, graded in this process. */
async function quizCourse() {
  const courses = openCourses([join(PROJECT_FOLDER, 'examples')]);
  onTestFinished(() => courses.close());
  const course = await courses.get('demo');
  if (!course) throw new Error('The demo course is not there.');
  return { ...course, tasks: course.tasks.filter(({ id }) => id === 'quiz') };
}

/** Counts its requests, and fails those that `fails` names. */
function countingGrader(fails: (time: number) => boolean) {
  const times = new Map<string, number>();
  const grader: Grader = async (request) => {
    const time = (times.get(request.runId) ?? 0) + 1;
    times.set(request.runId, time);
    if (fails(time)) throw new Error('It took too long.');
    return gradeQuizHere(request);
  };
  return { grader, times: () => [...times.values()] };
}

const check = async (grader: Grader) => {
  const shown: string[] = [];
  const results = await checkCourse(
    grader,
    await quizCourse(),
    AbortSignal.any([]),
    ({ sample, differences }) => shown.push(`${sample}: ${differences.length === 0 ? 'right' : 'wrong'}`),
  );
  return { shown, wrong: results.filter(({ differences }) => differences.length > 0).length };
};

test('samples that come out right are graded once', async () => {
  const { grader, times } = countingGrader(() => false);
  expect(await check(grader)).toEqual({ shown: ['one-right: right', 'right: right'], wrong: 0 });
  expect(times()).toEqual([1, 1]);
});

test('a sample that comes out wrong counts as it does when it is graded alone', async () => {
  const { grader, times } = countingGrader((time) => time === 1);
  const { shown, wrong } = await check(grader);
  expect(shown.slice(0, 2).toSorted()).toEqual(['one-right: wrong', 'right: wrong']);
  expect(shown.slice(2)).toEqual(['one-right: right', 'right: right']);
  expect([wrong, times()]).toEqual([0, [2, 2]]);
});

test('a sample that comes out wrong twice is wrong', async () => {
  const { grader, times } = countingGrader(() => true);
  expect((await check(grader)).wrong).toBe(2);
  expect(times()).toEqual([2, 2]);
});
