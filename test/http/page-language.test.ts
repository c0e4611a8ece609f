/** Pages in the reader's language. A language of brackets shows what no catalogue has. */
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { ENGLISH } from '../../web/languages.ts';
import { environment, sharedHouse } from '../support/http/house.ts';
import { PSEUDO, unmarkedText } from '../support/messages/pseudo-language.ts';

const house = await sharedHouse();
const app = createApp({ ...house.deps, languages: [ENGLISH, PSEUDO] });
const operator = await house.person('olga', null, true);
const student = await house.person('eve', 'student');

const get = (path: string, accept: string, who = operator) =>
  request(app).get(path).set('Cookie', who.cookie).set('Accept-Language', accept);

describe('the language of a page', () => {
  test('is what the browser asks for first, among those that there are', async () => {
    expect((await get('/courses', 'fr, qps;q=0.8, en;q=0.5')).text).toContain('<html lang="qps">');
    expect((await get('/courses', 'en, qps;q=0.5')).text).toContain('<html lang="en">');
  });

  test('is English where there is none of them', async () => {
    expect((await get('/courses', 'fr')).text).toContain('<html lang="en">');
    expect((await get('/courses', '')).text).toContain('<h1>Your courses</h1>');
  });

  test('is what the address says, whatever the browser asks for', async () => {
    expect((await get('/courses?lang=qps', 'en')).text).toContain('<html lang="qps">');
    expect((await get('/courses?lang=en', 'qps')).text).toContain('<html lang="en">');
  });

  test('is the same for an error', async () => {
    const { text } = await get('/nowhere', 'qps').expect(404);
    expect(text).toContain('<h1>⟦Not found⟧</h1>');
  });
});

/** What other rooms say, in English only: reasons of environments, errors, verdicts, and who runs as what. */
const OTHER_ROOMS = [
  'The engine answers.',
  "User 4242, graders and students' programs.",
  'runc: the fastest installed runtime that isolates',
  'There is nothing at this address.',
  'There is no course "nowhere" for you. If you follow a link, ask its teacher to add you.',
];
/** Made in the house: what teachers, students and operators wrote. */
const data = async () => {
  const courses = await house.courses.list();
  const people = await house.store.users.find({});
  const templates = await house.deps.builds.templates();
  return [
    JSON.stringify([courses, people, environment, templates]),
    'DEFAULT',
    'OLGA',
    'EVE',
    ...OTHER_ROOMS,
  ];
};

describe('in a language of brackets, everything is in brackets but what people wrote', () => {
  const everybody = [
    ...['/courses', '/courses/c1', '/courses/c1/groups', '/courses/nowhere', '/nowhere'],
    ...['/courses/c1/tasks/hello', '/courses/c1/tasks/quiz', '/courses/c1/tasks/over'],
    ...['/environments', '/environments?view=table&state=unavailable', '/environments/default'],
  ];
  const operators = [
    '/environments/get',
    '/environments/new',
    '/environments/updates',
    '/jobs',
    '/registries',
  ];

  test.each([...everybody, ...operators])('%s', async (path) => {
    for (const who of operators.includes(path) ? [operator] : [operator, student]) {
      const { text } = await get(path, 'qps', who);
      expect(unmarkedText(text, await data()), who.user.name).toEqual([]);
    }
  });

  test('signing in', async () => {
    const { text } = await request(app).get('/sign-in').set('Accept-Language', 'qps').expect(200);
    expect(unmarkedText(text, [])).toEqual([]);
    expect(text).toContain('<button class="primary wide" type="submit">⟦Sign in⟧</button>');
  });
});
