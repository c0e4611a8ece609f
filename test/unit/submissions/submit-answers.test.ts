/** Submitting as people ask for it: of a user who may not see the task, no byte of the form is read. */
import { expect, test } from 'vitest';
import { granted } from '../../../server/model/verb.ts';
import type { Grading } from '../../../server/submissions/port.ts';
import { submitAnswers } from '../../../server/submissions/submit.ts';
import { catalogueOf, demoCourse } from '../../support/http/course.ts';
import { sampleUser } from '../../support/store/samples.ts';

const student = sampleUser('s', { roles: { c1: 'student' } });
const stranger = sampleUser('x');

function deskWith(result: Awaited<ReturnType<Grading['submit']>>) {
  const taken: unknown[] = [];
  const grading: Pick<Grading, 'submit'> = {
    async submit(_actor, { course, task }, answers, reading) {
      taken.push([course.id, task.id, [...answers], reading]);
      return result;
    },
  };
  return { taken, deps: { grading, courses: catalogueOf([demoCourse()]), clock: Date.now } };
}
const accepted = { ok: true, submission: 's', run: 'r' } as const;
const at = { course: 'c1', task: 'hello' };

test('the form is read for the task that is submitted to, and handed on with how it was read', async () => {
  const { deps, taken } = deskWith(accepted);
  const read = async ({ id }: { id: string }) => ({ answers: new Map([['q1', id]]), environment: 'c' });
  expect(await granted(submitAnswers(deps, student, { ...at, lang: 'fr', read }))).toEqual({
    submission: 's',
    run: 'r',
  });
  expect(taken).toEqual([['c1', 'hello', [['q1', 'hello']], { lang: 'fr', environment: 'c' }]]);
});

test('of a user who may not see the task nothing is read', async () => {
  const { deps, taken } = deskWith(accepted);
  const read = async () => {
    throw new Error('it was read');
  };
  await expect(submitAnswers(deps, stranger, { ...at, read })).rejects.toMatchObject({
    problem: 'no-course',
  });
  await expect(submitAnswers(deps, student, { ...at, task: 'none', read })).rejects.toMatchObject({
    problem: 'no-task',
  });
  expect(taken).toEqual([]);
});

test('a form that is not as the schema says is refused, whatever read it', async () => {
  const { deps, taken } = deskWith(accepted);
  const read = async () => ({ answers: new Map([['q1', 7]]) });
  await expect(submitAnswers(deps, student, { ...at, read })).rejects.toMatchObject({ code: 'usage' });
  expect(taken).toEqual([]);
});

test('faulty answers are an answer, with the fault of each problem', async () => {
  const { deps } = deskWith({ ok: false, faults: { q1: 'It is empty.' } });
  const read = async () => ({ answers: new Map() });
  expect(await submitAnswers(deps, student, { ...at, read })).toMatchObject({
    ok: false,
    refusal: { problem: 'answers-faulty', facts: { faults: { q1: 'It is empty.' } } },
  });
});
