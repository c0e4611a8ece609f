/** Launches that are refused: a network that guesses is made to wait, and others are not. */
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Course, Lti } from '../../server/courses/task.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse } from '../support/http/course.ts';
import { type House, openHouse } from '../support/http/house.ts';
import { signedLaunch } from '../support/lti/gradebook.ts';

const ORIGIN = 'https://grade.example';
const lti: Lti = {
  url: 'https://lms.uni.example/course/7',
  sendBackGrade: true,
  secretOf: (key) => (key === 'moodle' ? 's3cret words' : null),
};
const course = (id: string, change: Partial<Course>): Course => ({ ...demoCourse(), id, ...change });

let house: House;
beforeAll(async () => {
  house = await openHouse({ publicUrl: `${ORIGIN}/` });
});
afterAll(() => house.close());

test('many refusals from one network have to wait, and a launch that is signed rightly is not', async () => {
  const fresh = createApp({ ...house.deps, courses: catalogueOf([course('c1', { lti })]) });
  const guess = () => request(fresh).post('/lti/c1/hello').type('form').send('a=b');
  for (let count = 0; count < 200; count += 1) await guess().expect(400);
  const answer = await guess().expect(429);
  expect(answer.headers['retry-after']).toBe('60');
  const body = signedLaunch({ url: `${ORIGIN}/lti/c1/hello`, atMs: house.time.now });
  await request(fresh).post('/lti/c1/hello').type('form').send(body).expect(303);
});

test('names of courses that were made up do not give a network more refusals, nor those of another network', async () => {
  const fresh = createApp({ ...house.deps, courses: catalogueOf([course('c1', { lti })]) });
  const guess = (name: string) => request(fresh).post(`/lti/${name}/hello`).type('form').send('a=b');
  const answers: number[] = [];
  for (let count = 0; count < 205; count += 1) answers.push((await guess(`made-up-${count}`)).status);
  expect(answers.filter((status) => status === 429)).not.toEqual([]);
  // A real course has refusals of its own: its teacher sees why a platform is refused.
  await guess('c1').expect(400);
});
