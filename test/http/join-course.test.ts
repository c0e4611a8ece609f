import request from 'supertest';
import { describe, expect, test } from 'vitest';
import type { Access, Course, Registration } from '../../server/courses/task.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse } from '../support/http/course.ts';
import { type House, sharedHouse } from '../support/http/house.ts';

const ALWAYS: Access = { open: true, from: null, softUntil: null, until: null };
const course = (id: string, registration: Partial<Registration> | null): Course => ({
  ...demoCourse(),
  id,
  name: `Course ${id}`,
  registration: registration && { access: ALWAYS, password: null, list: null, ...registration },
});

const house = await sharedHouse();
const courses = catalogueOf([
  course('c1', { password: 'sesame' }),
  course('open.to-all', {}),
  course('closed', null),
  course('over', { access: { ...ALWAYS, until: house.time.now - 1 } }),
  course('listed', { list: { of: 'name', accept: true, names: ['ada', 's-*'] } }),
  course('by-mail', { list: { of: 'email', accept: true, names: ['*@example.org'] } }),
  course('barred', { list: { of: 'name', accept: false, names: ['eve*'] } }),
]);
const app = createApp({ ...house.deps, courses });

type Person = Awaited<ReturnType<House['person']>>;
const get = (path: string, { cookie }: Person) => request(app).get(path).set('Cookie', cookie);
const join = (id: string, { cookie }: Person, password?: string) =>
  request(app)
    .post(`/courses/${id}/join`)
    .set('Cookie', cookie)
    .type('form')
    .send(password === undefined ? {} : { password });
const roleIn = async (id: string, { user }: Person) =>
  new Map(Object.entries((await house.store.users.get(user.id))?.roles ?? {})).get(id);

describe('joining a course', () => {
  test('is offered where the course allows it now, to those whom it allows', async () => {
    const offered = async (name: string) => {
      const page = (await get('/courses', await house.person(name, null)).expect(200)).text;
      return [...page.matchAll(/action="\/courses\/([^"]+)\/join"/g)].map(([, id]) => id);
    };
    expect(await offered('eve2')).toEqual(['c1', 'open.to-all']);
    expect(await offered('s-17')).toEqual(['c1', 'open.to-all', 'listed', 'barred']);
  });

  test('makes a student of the user who presses the button, once', async () => {
    const who = await house.person('newcomer', null);
    await join('open.to-all', who).expect(303).expect('Location', '/courses/open.to-all');
    expect(await roleIn('open.to-all', who)).toBe('student');
    await get('/courses/open.to-all', who).expect(200);
    await join('open.to-all', who).expect(303);
    expect((await get('/courses', who)).text).not.toContain('/courses/open.to-all/join');
  });

  test('goes by the address of the account, where the course asks for one', async () => {
    const who = await house.person('mailed', null);
    await join('by-mail', who).expect(404);
    await house.users.setEmail(who.user.id, 'mailed@elsewhere.org');
    await join('by-mail', who).expect(404);
    await house.users.setEmail(who.user.id, 'Mailed@Example.org');
    await join('by-mail', who).expect(303);
    expect(await roleIn('by-mail', who)).toBe('student');
  });

  test('never takes a role from those who have one', async () => {
    const teacher = await house.person('tess', 'teacher');
    await join('c1', teacher, 'nonsense').expect(303);
    expect(await roleIn('c1', teacher)).toBe('teacher');
  });

  test('needs the password of the course; a wrong one is reported beside it', async () => {
    const who = await house.person('forgetful', null);
    const refused = await join('c1', who, 'Sesame').expect(403);
    expect(refused.text).toMatch(/role="alert" id="join-error-c1">The password of the course is wrong\./);
    await join('c1', who).expect(403);
    expect(await roleIn('c1', who)).toBeUndefined();
    await join('c1', who, 'sesame').expect(303);
    expect(await roleIn('c1', who)).toBe('student');
  });

  test('is over for a while after too many wrong passwords, also with the right one', async () => {
    const who = await house.person('guesser', null);
    for (let count = 0; count < 20; count += 1) await join('c1', who, `guess ${count}`).expect(403);
    const answer = await join('c1', who, 'sesame').expect(429);
    expect(answer.headers['retry-after']).toBeDefined();
    expect(answer.text).toContain('Too many wrong passwords');
    expect(await roleIn('c1', who)).toBeUndefined();
  });

  test('is no way into a course that does not offer it, and tells nothing about it', async () => {
    const who = await house.person('eve', null);
    for (const id of ['closed', 'over', 'listed', 'by-mail', 'barred', 'none', '__proto__']) {
      const answer = await join(id, who, 'sesame').expect(404);
      expect(answer.text).toContain('that you may join');
      expect(await roleIn(id, who)).toBeUndefined();
    }
    await request(app).post('/courses/open.to-all/join').expect(401);
  });

  test('is not done by a form on another site', async () => {
    const who = await house.person('victim', null);
    await join('open.to-all', who).set('Origin', 'https://evil.example').expect(403);
    expect(await roleIn('open.to-all', who)).toBeUndefined();
  });
});
