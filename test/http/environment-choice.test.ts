import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse, taskNamed } from '../support/http/course.ts';
import { environment, environmentsOf, sharedHouse } from '../support/http/house.ts';

const task = taskNamed('choose', { environmentChoices: ['cpp', 'gone'] });
const house = await sharedHouse();
const courses = catalogueOf([{ ...demoCourse(), tasks: [task, taskNamed('plain')] }]);
const cpp = { ...environment, name: 'cpp', title: 'C++ <17>', aliases: [] };
const environments = environmentsOf([environment, cpp]).catalogue;
const app = createApp({ ...house.deps, courses, environments });
const { cookie } = await house.person('eve', 'student');

const PAGE = '/courses/c1/tasks/choose';
const API = '/api/courses/c1/tasks/choose';
const get = (path: string) => request(app).get(path).set('Cookie', cookie);
const post = (path: string) => request(app).post(path).set('Cookie', cookie);

describe('a task that lets students choose an environment', () => {
  test('has a select with its own first, and one that is not here cannot be chosen', async () => {
    const { text } = await get(PAGE).expect(200);
    const options = [...text.matchAll(/<option value="([^"]*)"([^>]*)>([^<]*)</g)].map((match) =>
      match.slice(1),
    );
    expect(options).toEqual([
      ['default', ' selected', 'Default (default)'],
      ['cpp', '', 'C++ &lt;17&gt; (cpp)'],
      ['gone', ' disabled', 'gone (gone), not available now'],
    ]);
  });

  test('stays open while any of them can grade, with one chosen that can', async () => {
    const courses = catalogueOf([{ ...demoCourse(), tasks: [task] }]);
    const away = { ...environment, available: false, runtime: null };
    const cpp = { ...environment, name: 'cpp', aliases: [] };
    const pageWith = async (...list: (typeof environment)[]) => {
      const other = createApp({ ...house.deps, courses, environments: environmentsOf(list).catalogue });
      return (await request(other).get(PAGE).set('Cookie', cookie).expect(200)).text;
    };
    const open = await pageWith(away, cpp);
    expect(open).toContain('<option value="cpp" selected>');
    expect(open).toContain('<option value="default" disabled>');
    expect(open).not.toMatch(/id="submit"[^>]* disabled/);
    expect(await pageWith(away)).toMatch(/id="submit"[^>]* disabled/);
  });

  test('hands the choice of a form on, keeps it in a refused form, and shows no select elsewhere', async () => {
    await post(PAGE).field('answer.q1', 'x').field('environment', 'cpp').expect(303);
    expect(house.grading.readings.at(-1)).toMatchObject({ environment: 'cpp' });
    const refused = await post(PAGE).field('answer.q1', 'wrong').field('environment', 'cpp').expect(422);
    expect(refused.text).toContain('<option value="cpp" selected>');
    await post(PAGE).field('answer.q1', 'x').expect(303);
    expect(house.grading.readings.at(-1)).not.toHaveProperty('environment');
    expect((await get('/courses/c1/tasks/plain').expect(200)).text).not.toContain('name="environment"');
  });

  test('says in the API what can be chosen, and takes it in JSON', async () => {
    expect((await get(API).expect(200)).body).toMatchObject({
      environment: 'default',
      environmentChoices: ['default', 'cpp', 'gone'],
    });
    await post(`${API}/submissions`)
      .send({ answers: { q1: 'x' }, environment: 'cpp' })
      .expect(202);
    expect(house.grading.readings.at(-1)).toMatchObject({ environment: 'cpp' });
  });

  test.each([[5], [['cpp']], ['x'.repeat(201)]])('refuses %j, naming the field', async (wrong) => {
    const answer = await post(`${API}/submissions`)
      .send({ answers: { q1: 'x' }, environment: wrong })
      .expect(400);
    expect(answer.body.error).toContain('environment');
  });
});
