import request from 'supertest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { safeNext } from '../../server/site/door/safe-next.ts';
import { type House, openHouse, PASSWORD } from '../support/http/house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const signIn = (fields: Record<string, string>) =>
  request(house.app)
    .post('/sign-in')
    .type('form')
    .send({ name: 'ada', password: PASSWORD, ...fields });

describe('signing in', () => {
  beforeEach(() => house.users.addUser({ name: 'ada', password: PASSWORD, roles: { c1: 'student' } }));

  test('opens a session whose cookie scripts cannot read', async () => {
    const answer = await signIn({ next: '/courses/c1?x=1' })
      .expect(303)
      .expect('Location', '/courses/c1?x=1');
    const [cookie = '', device = ''] = [answer.headers['set-cookie'] ?? []].flat();
    expect(cookie).toMatch(/^gradeport_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(device).toMatch(/^gradeport_device=[\w.-]{66}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    await request(house.app).get('/courses').set('Cookie', cookie).expect(200, /ada/);
  });

  test('marks the cookie Secure where the site is https', async () => {
    const tls = await openHouse({ publicUrl: 'https://grade.example' });
    await tls.users.addUser({ name: 'ada', password: PASSWORD });
    const answer = await request(tls.app)
      .post('/api/session')
      .send({ name: 'ada', password: PASSWORD })
      .expect(200);
    expect(String(answer.headers['set-cookie'])).toContain('; Secure');
    await tls.close();
  });

  test('says the same about a wrong password and an unknown name, and keeps the name', async () => {
    const wrong = await signIn({ password: 'nope nope' }).expect(401);
    const unknown = await signIn({ name: 'bob' }).expect(401);
    for (const answer of [wrong, unknown])
      expect(answer.text).toContain('The name or the password is wrong.');
    expect(wrong.text).toContain('value="ada"');
    expect(wrong.headers['set-cookie']).toBeUndefined();
  });

  test('answers 429 with Retry-After after too many wrong passwords, on the page and in the API', async () => {
    for (let count = 0; count < 10; count++) await signIn({ password: 'nope nope' }).expect(401);
    const page = await signIn({}).expect(429);
    expect(page.headers['retry-after']).toMatch(/^\d+$/);
    const api = await request(house.app)
      .post('/api/session')
      .send({ name: 'ada', password: PASSWORD })
      .expect(429);
    expect(api.headers['retry-after']).toMatch(/^\d+$/);
    expect(api.body.error).toContain('Too many attempts');
  });

  test('lets the owner in from a browser that was here before, while others guess', async () => {
    const first = await signIn({}).expect(303);
    const [, device = ''] = [first.headers['set-cookie'] ?? []].flat();
    for (let count = 0; count < 10; count++) await signIn({ password: 'nope nope' }).expect(401);
    await signIn({}).expect(429);
    await signIn({})
      .set('Cookie', device.split(';')[0] ?? '')
      .expect(303);
    // The mark itself opens nothing.
    await request(house.app)
      .get('/api/session')
      .set('Cookie', device.split(';')[0] ?? '')
      .expect(401);
  });

  test('does not keep a token that was there before (fixation)', async () => {
    const first = await house.person('eve', 'student');
    const answer = await signIn({}).set('Cookie', first.cookie).expect(303);
    expect(String(answer.headers['set-cookie'])).not.toContain(first.token);
    await request(house.app).get('/api/session').set('Cookie', first.cookie).expect(401);
  });

  test('answers a signed-in user with the API, and 400 naming the field for a bad body', async () => {
    const good = await request(house.app)
      .post('/api/session')
      .send({ name: 'Ada', password: PASSWORD })
      .expect(200);
    expect(good.body).toEqual({ name: 'ada', operator: false });
    const bad = await request(house.app).post('/api/session').send({ name: 5, password: 'x' }).expect(400);
    expect(bad.body.error).toContain('"name"');
    await request(house.app).post('/api/session').type('json').send('{').expect(400);
    await request(house.app)
      .post('/sign-in')
      .type('form')
      .send('name=ada')
      .expect(400, /password/);
  });
});

test('signing out ends the session everywhere and tells the live room', async () => {
  const { cookie, token } = await house.person('eve', 'student');
  const answer = await request(house.app).post('/sign-out').set('Cookie', cookie).expect(303);
  expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0');
  expect(house.signedOut).toEqual([token]);
  await request(house.app).get('/api/session').set('Cookie', cookie).expect(401);
  const other = await house.person('bob', 'student');
  await request(house.app).delete('/api/session').set('Cookie', other.cookie).expect(204);
  expect(house.signedOut).toEqual([token, other.token]);
});

test('sends a visitor who is not signed in to the sign-in page and back', async () => {
  await request(house.app)
    .get('/courses/c1?a=b')
    .expect(303)
    .expect('Location', '/sign-in?next=%2Fcourses%2Fc1%3Fa%3Db');
  await request(house.app).get('/api/courses').expect(401);
  const { cookie } = await house.person('eve', 'student');
  await request(house.app)
    .get('/sign-in?next=/runs/1')
    .set('Cookie', cookie)
    .expect(303)
    .expect('Location', '/runs/1');
});

test('an expired session is none', async () => {
  const { cookie } = await house.person('eve', 'student');
  house.time.now += 15 * 24 * 3_600_000;
  await request(house.app).get('/api/session').set('Cookie', cookie).expect(401);
});

describe('where to go next', () => {
  test.each(['/', '/courses/a?b=c#d', '/a%2Fb'])('goes to %s', (path) => expect(safeNext(path)).toBe(path));
  test.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    '/..//evil.example',
    'javascript:alert(1)',
    ' //evil.example',
    '/sign-out',
    '/sign-in?next=/sign-in',
    `/${'a'.repeat(3000)}`,
    'courses',
    '',
  ])('never to %j', (wanted) => expect(safeNext(wanted)).toBe('/'));
  test('holds for the page and for the form', async () => {
    const page = await request(house.app).get('/sign-in?next=//evil.example').expect(200);
    expect(page.text).not.toContain('evil.example');
    await request(house.app).get('/sign-in?next=a&next=b').expect(200);
  });
});
