/** What a course asks its students: its form, its API, and what graders get. */
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StudentField } from '../../server/courses/task.ts';
import { settingsOf } from '../../server/people/student-settings-of.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse, EVIL } from '../support/http/course.ts';
import { type House, openHouse } from '../support/http/house.ts';

const FIELDS: StudentField[] = [
  { id: 'year', description: `Year ${EVIL}`, kind: 'integer' },
  { id: 'shell', description: 'Shell', kind: 'text' },
  { id: 'repeats', description: 'Repeats', kind: 'flag' },
];
let house: House;
let app: ReturnType<typeof createApp>;
let [ada, bob, out]: Awaited<ReturnType<House['person']>>[] = [];
beforeAll(async () => {
  house = await openHouse();
  app = createApp({ ...house.deps, courses: catalogueOf([{ ...demoCourse(), fields: FIELDS }]) });
  [ada, bob, out] = [
    await house.person('ada', 'student'),
    await house.person('bob', 'student'),
    await house.person('out', null),
  ];
});
afterAll(() => house.close());

const cookie = (who: typeof ada) => who?.cookie ?? '';
const API = '/api/courses/c1/settings';
const get = (who: typeof ada) => request(app).get(API).set('Cookie', cookie(who));
const put = (who: typeof ada, body: object) => request(app).put(API).set('Cookie', cookie(who)).send(body);
const form = (who: typeof ada, body: object) =>
  request(app).post('/courses/c1/settings').set('Cookie', cookie(who)).type('form').send(body);
const page = (who: typeof ada) => request(app).get('/courses/c1').set('Cookie', cookie(who));

describe('what a course asks its students', () => {
  test('is kept from the form with its types, each student’s own', async () => {
    await form(ada, { year: ' 2 ', shell: 'zsh', repeats: 'yes' }).expect(303);
    expect((await get(ada)).body.settings).toEqual({ year: 2, shell: 'zsh', repeats: true });
    expect((await get(bob)).body).toEqual({ fields: FIELDS, settings: {} });
    const shown = (await page(ada).expect(200)).text;
    expect(shown).toMatch(/name="year" value="2"/);
    expect(shown).toMatch(/name="repeats" value="yes" checked/);
    expect(shown).not.toContain('<script>alert');
    // A box that is not ticked is not sent, and what is empty is not there.
    await form(ada, { year: '', shell: 'zsh' }).expect(303);
    expect((await get(ada)).body.settings).toEqual({ shell: 'zsh', repeats: false });
  });

  test('is refused whole when something of it is wrong, and the form keeps what was typed', async () => {
    await put(bob, { year: 3 }).expect(200);
    const refused = (await form(bob, { year: 'two', shell: EVIL }).expect(422)).text;
    expect(refused).toContain('Write a whole number.');
    expect(refused).toContain('value="two"');
    expect(refused).not.toContain('<script>alert');
    for (const bad of [
      { year: 1.5 },
      { year: true },
      { shell: 7 },
      { shell: 'x'.repeat(1001) },
      { repeats: 'yes' },
    ])
      await put(bob, bad).expect(422);
    expect((await put(bob, { other: 1 }).expect(422)).body.faults).toEqual({
      other: 'The course has no field "other".',
    });
    await put(bob, { year: [1] }).expect(400);
    expect((await get(bob)).body.settings).toEqual({ year: 3 });
  });

  test('cannot be read or written by other students', async () => {
    await get(out).expect(404);
    await put(out, { year: 1 }).expect(404);
    await form(out, { year: '1' }).expect(404);
    await request(app).put(API).send({ year: 1 }).expect(401);
    await form(ada, { year: '1' }).set('Origin', 'https://evil.example').expect(403);
  });

  test('reaches graders as far as the course still asks for it', async () => {
    await put(ada, { year: 4, shell: 'sh' }).expect(200);
    const of = (fields: StudentField[]) => settingsOf(house.store, ada?.user.id ?? '', { id: 'c1', fields });
    expect(await of(FIELDS)).toEqual({ year: 4, shell: 'sh' });
    expect(await of([{ id: 'year', description: '', kind: 'text' }])).toEqual({});
    expect(await of([])).toEqual({});
  });
});
