/** The submissions and runs that each role may look up. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { granted } from '../../../server/model/verb.ts';
import { listSubmissions, showSubmission } from '../../../server/submissions/list-verbs.ts';
import { showRun, stopRun } from '../../../server/submissions/submission-verbs.ts';
import { outcomeWith, taskAt } from '../../support/http/grading.ts';
import { type House, openHouse } from '../../support/http/house.ts';

type Person = Awaited<ReturnType<House['person']>>['user'];
let house: House;
let [eve, bob, tess]: Person[] = [];
let ids: { submission: string; run: string };
const person = (one: Person | undefined): Person => {
  if (!one) throw new Error('not there yet');
  return one;
};

beforeAll(async () => {
  house = await openHouse();
  eve = (await house.person('eve', 'student')).user;
  bob = (await house.person('bob', 'student')).user;
  tess = (await house.person('tess', 'teacher')).user;
  const result = await house.grading.submit(eve, taskAt('c1', 'hello'), new Map([['q1', 'x']]));
  if (!result.ok) throw new Error('refused');
  ids = result;
  await house.grading.debug(tess, ids.run);
  await house.grading.finish(ids.run, outcomeWith());
});
afterAll(() => house.close());

const at = { course: 'c1', task: 'hello' };

test('students see their own submissions and runs, without debug runs; staff see all', async () => {
  for (const who of [person(eve), person(tess)]) {
    const [found] = await granted(listSubmissions(house.deps, who, { ...at, user: 'eve' }));
    expect(found?.submission.id).toBe(ids.submission);
    expect(found?.runs.map(({ id }) => id)).toEqual([ids.run]);
    expect(await granted(showSubmission(house.deps, who, { submission: ids.submission }))).toMatchObject({
      whose: { student: 'eve' },
    });
    expect(await granted(showRun(house.deps, who, { run: ids.run }))).toMatchObject({
      run: { id: ids.run, state: 'done' },
    });
  }
});

test('for other students they do not exist', async () => {
  const other = person(bob);
  expect(await granted(listSubmissions(house.deps, other, at))).toEqual([]);
  await expect(listSubmissions(house.deps, other, { ...at, user: 'eve' })).rejects.toMatchObject({
    problem: 'submissions-of-others-are-for-staff',
  });
  await expect(showSubmission(house.deps, other, { submission: ids.submission })).rejects.toMatchObject({
    problem: 'no-submission',
  });
  for (const verb of [showRun, stopRun]) {
    await expect(verb(house.deps, other, { run: ids.run })).rejects.toMatchObject({ problem: 'no-run' });
  }
});

test('a task that the user may not see lists nothing, and a page is bounded', async () => {
  await expect(
    listSubmissions(house.deps, person(eve), { course: 'c1', task: 'none' }),
  ).rejects.toMatchObject({ problem: 'no-task' });
  await expect(listSubmissions(house.deps, person(eve), { ...at, limit: 101 })).rejects.toMatchObject({
    code: 'usage',
  });
});
