import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { GradeportError } from '../../server/rules/errors.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const { cookie } = await house.person('eve', 'student');

describe('methods and addresses', () => {
  test('HEAD answers like GET without a body, OPTIONS tells the methods', async () => {
    const head = await request(house.app).head('/courses').set('Cookie', cookie).expect(200);
    expect(head.text).toBeFalsy();
    const options = await request(house.app).options('/api/courses/c1/tasks/hello/submissions').expect(200);
    expect(options.headers['allow']).toBe('GET, HEAD, POST');
    expect(options.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('an unknown address is 404: a page for people, JSON for programs', async () => {
    await request(house.app).get('/nowhere').set('Cookie', cookie).expect(404).expect('Content-Type', /html/);
    const api = await request(house.app).get('/api/nowhere').set('Cookie', cookie).expect(404);
    expect(api.body).toEqual({ error: 'There is nothing at this address.' });
    await request(house.app).put('/courses').set('Cookie', cookie).expect(404);
  });

  test('a bad escape is 400, a NUL or a very long id is 404', async () => {
    await request(house.app).get('/courses/%E0%A4%A').set('Cookie', cookie).expect(400);
    await request(house.app).get('/api/runs/%00').set('Cookie', cookie).expect(404);
    await request(house.app)
      .get(`/api/runs/${'x'.repeat(5000)}`)
      .set('Cookie', cookie)
      .expect(404);
    await request(house.app).get('/api/courses/__proto__').set('Cookie', cookie).expect(404);
    await request(house.app).get('/api/courses/c1/tasks/constructor').set('Cookie', cookie).expect(404);
  });

  test('/healthz and /readyz need no user and say how the server does', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const good = await request(house.app).get(path).expect(200);
      expect(good.body).toEqual({ ok: true, engine: true, store: true });
    }
  });
});

describe('a form of somebody whose session is over', () => {
  test.each([
    ['/courses/c1/tasks/hello', '/sign-in?next&#x3D;%2Fcourses%2Fc1%2Ftasks%2Fhello', true],
    ['/courses/c1/tasks/hello?lang=fr', '/sign-in?next&#x3D;%2Fcourses%2Fc1%2Ftasks%2Fhello', true],
    ['/courses/c1/leave', '/sign-in?next&#x3D;%2F', false],
  ])('leads to the sign-in form, and back: %s', async (path, href, isDraftKept) => {
    const { text } = await request(house.app).post(path).type('form').send({ x: '1' }).expect(401);
    expect(text).toContain(`href="${href}"`);
    expect(text.includes('is kept in this browser')).toBe(isDraftKept);
  });
});

describe('errors', () => {
  const submit = (path = '/api/courses/c1/tasks/hello/submissions') =>
    request(house.app)
      .post(path)
      .set('Cookie', cookie)
      .send({ answers: { q1: 'x' } });

  test.each([
    ['usage', 400],
    ['denied', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['busy', 503],
  ] as const)('%s is %d with its sentence', async (code, status) => {
    house.grading.failure.next = new GradeportError(code, 'Because <b>so</b>.');
    const api = await submit().expect(status);
    expect(api.body).toEqual({ error: 'Because <b>so</b>.' });
    expect(api.headers['retry-after'] !== undefined).toBe(status === 503);
    const page = await request(house.app)
      .post('/courses/c1/tasks/hello')
      .set('Cookie', cookie)
      .field('answer.q1', 'x')
      .expect(status);
    expect(page.text).toContain('Because &lt;b&gt;so&lt;/b&gt;.');
    house.grading.failure.next = null;
  });

  test.each([
    ['unreachable', 503],
    ['no-space', 507],
  ] as const)('%s is %d, in words for students', async (code, status) => {
    house.grading.failure.next = new GradeportError(code, 'Because of /srv/secret.');
    const api = await submit().expect(status);
    house.grading.failure.next = null;
    expect(api.body.error).toContain('This is not your fault and costs you nothing');
    expect(api.text).not.toContain('secret');
  });

  test.each([new Error('secret path /etc'), new GradeportError('internal', 'secret path /etc')])(
    'our own fault is 500 with an id that the log has too: %s',
    async (failure) => {
      house.grading.failure.next = failure;
      const answer = await submit().expect(500);
      house.grading.failure.next = null;
      expect(answer.text).not.toContain('secret');
      expect(answer.body.errorId).toMatch(/^[0-9a-f]{12}$/);
      expect(house.errors.at(-1)).toMatchObject({ errorId: answer.body.errorId, err: failure });
    },
  );

  test('a full disk is recognised wherever it shows', async () => {
    house.grading.failure.next = new Error('write failed', {
      cause: Object.assign(new Error('x'), { code: 'ENOSPC' }),
    });
    await submit().expect(507);
    house.grading.failure.next = null;
  });
});
