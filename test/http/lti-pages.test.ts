import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Course } from '../../server/courses/task.ts';
import type { Team } from '../../server/model/collections.ts';
import { type GradeReturn, newGradeReturn } from '../../server/model/lti.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse } from '../support/http/course.ts';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { type House, openHouse } from '../support/http/house.ts';

const SECRET = 's3cret words';
const course: Course = {
  ...demoCourse(),
  lti: { url: 'https://lms.uni.example/course/7', sendBackGrade: true, secretOf: () => SECRET },
};
type Person = Awaited<ReturnType<House['person']>>;
let house: House;
let app: ReturnType<typeof createApp>;
let tess: Person;
let eve: Person;
beforeAll(async () => {
  house = await openHouse({ publicUrl: 'https://grade.example/' });
  app = createApp({ ...house.deps, courses: catalogueOf([course, { ...demoCourse(), id: 'c2' }]) });
  [tess, eve] = [await house.person('tess', 'teacher'), await house.person('eve', 'student')];
});
afterAll(() => house.close());
const page = async (path: string, who?: Person) =>
  (
    await request(app)
      .get(path)
      .set('Cookie', who?.cookie ?? '')
      .expect(200)
  ).text;

test('a student who comes without the learning platform sees where it is, before and after signing in', async () => {
  const link = 'href="https://lms.uni.example/course/7"';
  expect(await page('/sign-in?next=%2Fcourses%2Fc1%2Ftasks%2Fhello')).toContain(link);
  for (const next of ['/courses/c2', '/courses', '/', '/courses/c1x', '/courses/%', '//evil.example']) {
    expect(await page(`/sign-in?next=${encodeURIComponent(next)}`)).not.toContain(link);
  }
  const refused = await request(app)
    .post('/sign-in')
    .type('form')
    .send({ name: 'x', password: 'y', next: '/courses/c1' });
  expect(refused.text).toContain(link);
  expect(await page('/courses/c1', eve)).toContain(link);
});

test('teachers see what activities lead to', async () => {
  const launch = '<code>https://grade.example/lti/c1/</code>';
  expect(await page('/courses/c1', tess)).toContain(launch);
  expect(await page('/courses/c1', eve)).not.toContain(launch);
});

test('no page and no answer shows a secret of the course', async () => {
  for (const path of [
    '/courses',
    '/courses/c1',
    '/courses/c1/tasks/hello',
    '/api/courses',
    '/api/courses/c1',
  ]) {
    expect(await page(path, tess)).not.toContain(SECRET);
  }
});

const owedTo = ({ user }: Person, id: string, change: Partial<GradeReturn>): GradeReturn => ({
  ...newGradeReturn(
    { id, course: 'c1', task: 'hello' },
    { userId: user.id, place: { url: 'https://lms.uni.example/o', sourcedId: 's', key: 'k' } },
    '2026-11-20T10:05:00.000Z',
  ),
  ...change,
});

test('a run shows whether the learning platform has its grade; why not is for staff', async () => {
  const submitted = await house.grading.submit(eve.user, taskAt('c1', 'hello'), new Map([['q1', 'x']]));
  if (!submitted.ok) throw new Error('not submitted');
  const told = async (who: Person) =>
    /class="hint grade-return">([^<]*)</.exec(await page(`/runs/${submitted.run}`, who))?.[1] ?? null;
  expect(await told(tess)).toBeNull();
  const owed = owedTo(eve, submitted.submission, {
    place: { url: 'https://lms.uni.example/secret-place', sourcedId: 'secret-id', key: 'k' },
  });
  await house.store.gradeReturns.insert(owed);
  expect(await told(eve)).toBe('The learning platform receives the grade when there is one.');
  await house.grading.finish(submitted.run, outcomeWith());
  const becomes = (change: Partial<GradeReturn>) =>
    house.store.gradeReturns.update({ id: owed.id }, { $set: change });
  await becomes({ state: 'waiting' });
  expect(await told(eve)).toBe('The grade is on its way to the learning platform.');
  await becomes({ tries: 1, error: 'it answers <b>500</b>' });
  expect(await told(eve)).toBe(
    'The learning platform has not accepted the grade yet; Gradeport will send it again.',
  );
  expect(await told(tess)).toBe(
    'The learning platform has not accepted the grade yet: it answers &lt;b&gt;500&lt;/b&gt;. ' +
      'Tried once; the next try is at 2026-11-20 10:05 UTC.',
  );
  await becomes({ state: 'given-up', tries: 7 });
  expect(await told(eve)).toContain('ask your teacher');
  expect(await told(tess)).toContain('Tried 7 times; the next submission sends it again.');
  await becomes({ state: 'sent', grade: 80, sentAt: '2026-11-20T10:06:00.000Z', error: null });
  expect(await told(eve)).toBe(
    'Sent to the learning platform at 2026-11-20 10:06 UTC: 80 %, the grade that counts.',
  );
  for (const path of [
    `/runs/${submitted.run}`,
    `/api/runs/${submitted.run}`,
    `/api/submissions/${owed.submission}`,
  ]) {
    expect(await page(path, tess)).not.toMatch(/secret-(place|id)/);
  }
});

test("a group's run tells each of its people of their own grade, and staff of all", async () => {
  const [ann, ben] = [await house.person('ann', 'student'), await house.person('ben', 'student')];
  const submitted = await house.grading.submit(ann.user, taskAt('c1', 'hello'), new Map([['q1', 'x']]));
  if (!submitted.ok) throw new Error('not submitted');
  const members = [ann, ben, eve].map(({ user }) => user.id);
  const team: Team = { group: 'g', name: 'Red', by: ann.user.id, members };
  await house.store.runs.update({ id: submitted.run }, { $set: { team, userId: 'team-1' } });
  for (const [who, state] of [
    [ann, 'ungraded'],
    [ben, 'waiting'],
  ] as const) {
    await house.store.gradeReturns.insert(owedTo(who, submitted.submission, { state }));
  }
  const told = async (who: Person) =>
    [...(await page(`/runs/${submitted.run}`, who)).matchAll(/class="hint grade-return">([^<]*)</g)].map(
      ([, sentence]) => sentence,
    );
  const once = 'The learning platform receives the grade when there is one.';
  const onItsWay = 'The grade is on its way to the learning platform.';
  expect(await told(ann)).toEqual([once]);
  expect(await told(ben)).toEqual([onItsWay]);
  expect(await told(eve)).toEqual([]);
  expect(await told(tess)).toEqual([`ANN: ${once}`, `BEN: ${onItsWay}`]);
});
