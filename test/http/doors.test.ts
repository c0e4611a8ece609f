/** What stands before every route: foreign sites, headers, unknown addresses, errors. */
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GradeportError } from '../../server/core/errors.ts';
import { type House, openHouse } from './support/house.ts';

let house: House;
let cookie: string;
beforeAll(async () => {
  house = await openHouse();
  ({ cookie } = await house.person('eve', 'student'));
});
afterAll(() => house.close());

describe('requests from other sites', () => {
  const post = (headers: Record<string, string>) =>
    request(house.app)
      .post('/api/courses/c1/tasks/hello/submissions')
      .set('Cookie', cookie)
      .set(headers)
      .send({ answers: { q1: 'x' } });

  it.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://grade.example.evil.example', Host: 'grade.example' },
    { Origin: 'http://grade.example:81', Host: 'grade.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  ])('are refused: %j', async (headers) => {
    const answer = await post(headers).expect(401);
    expect(answer.body.error).toContain('another site');
  });

  it.each([
    {},
    { Origin: 'http://grade.example', Host: 'grade.example' },
    { Origin: 'http://GRADE.example', Host: 'grade.EXAMPLE' },
    { 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
  ])('are taken from our own pages and from programs: %j', async (headers) => {
    await post(headers).expect(202);
  });

  it('know the public URL that a proxy hides', async () => {
    const behind = await openHouse({ publicUrl: 'https://grade.example' });
    const person = await behind.person('eve', null);
    const leave = (origin: string) =>
      request(behind.app).post('/sign-out').set('Cookie', person.cookie).set('Origin', origin);
    await leave('https://evil.example').expect(401);
    await leave('https://grade.example').expect(303);
    await behind.close();
  });

  it('do not reach sign-in or sign-out either', async () => {
    for (const path of ['/sign-in', '/sign-out', '/api/session']) {
      await request(house.app).post(path).set('Origin', 'https://evil.example').expect(401);
    }
    await request(house.app)
      .delete('/api/session')
      .set('Cookie', cookie)
      .set('Origin', 'https://evil.example')
      .expect(401);
    await request(house.app).get('/api/session').set('Cookie', cookie).expect(200);
  });
});

describe('headers', () => {
  const paths = [
    '/sign-in',
    '/courses',
    '/courses/c1',
    '/courses/c1/tasks/hello',
    '/environments',
    '/environments/default',
    '/nowhere',
  ];

  it.each(paths)('%s has a strict policy with a fresh nonce and stays in no cache', async (path) => {
    const nonces = new Set<string>();
    for (const signedIn of [true, true, false]) {
      const answer = await request(house.app)
        .get(path)
        .set('Cookie', signedIn ? cookie : '');
      const policy = String(answer.headers['content-security-policy']);
      for (const rule of [
        "default-src 'self'",
        "script-src 'self';",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ]) {
        expect(policy).toContain(rule);
      }
      expect(policy).not.toContain('unsafe');
      nonces.add(/style-src 'self' 'nonce-([\w+/=]{24})'/.exec(policy)?.[1] ?? '');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.headers['referrer-policy']).toBe('same-origin');
    }
    expect(nonces.size).toBe(3);
  });

  it('gives the page its own nonce and has no inline script', async () => {
    const answer = await request(house.app).get('/courses/c1/tasks/hello').set('Cookie', cookie).expect(200);
    const nonce = /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1];
    expect(answer.text.replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+')).toContain(`nonce="${nonce}"`);
    expect(answer.text).not.toMatch(/<script(?![^>]* src=)/);
    expect(answer.text).not.toMatch(/ on[a-z]+=|style="/);
  });

  it('takes no host header into the policy that could end a rule', async () => {
    const answer = await request(house.app).get('/sign-in').set('Host', 'x; script-src *');
    expect(String(answer.headers['content-security-policy'])).not.toContain('script-src *');
  });

  it('assets may be kept and need no session', async () => {
    const answer = await request(house.app).get('/assets/favicon.svg').expect(200);
    expect(answer.headers['cache-control']).toBe('public, no-cache');
    await request(house.app).get('/assets/../views/error.hbs').expect(404);
    await request(house.app).get('/assets/%2e%2e/views/error.hbs').expect(404);
    await request(house.app).get('/assets/.stamp').expect(404);
  });
});

describe('methods and addresses', () => {
  it('HEAD answers like GET without a body, OPTIONS tells the methods', async () => {
    const head = await request(house.app).head('/courses').set('Cookie', cookie).expect(200);
    expect(head.text).toBeFalsy();
    const options = await request(house.app).options('/api/courses/c1/tasks/hello/submissions').expect(200);
    expect(options.headers['allow']).toBe('GET, HEAD, POST');
    expect(options.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('an unknown address is 404: a page for people, JSON for programs', async () => {
    await request(house.app).get('/nowhere').set('Cookie', cookie).expect(404).expect('Content-Type', /html/);
    const api = await request(house.app).get('/api/nowhere').set('Cookie', cookie).expect(404);
    expect(api.body).toEqual({ error: 'There is nothing at this address.' });
    await request(house.app).put('/courses').set('Cookie', cookie).expect(404);
  });

  it('a bad escape is 400, a NUL or a very long id is 404', async () => {
    await request(house.app).get('/courses/%E0%A4%A').set('Cookie', cookie).expect(400);
    await request(house.app).get('/api/runs/%00').set('Cookie', cookie).expect(404);
    await request(house.app)
      .get(`/api/runs/${'x'.repeat(5000)}`)
      .set('Cookie', cookie)
      .expect(404);
    await request(house.app).get('/api/courses/__proto__').set('Cookie', cookie).expect(404);
    await request(house.app).get('/api/courses/c1/tasks/constructor').set('Cookie', cookie).expect(404);
  });

  it('/healthz needs nobody and tells how we are', async () => {
    const good = await request(house.app).get('/healthz').expect(200);
    expect(good.body).toEqual({ ok: true, engine: true, store: true });
  });
});

describe('errors', () => {
  const submit = (path = '/api/courses/c1/tasks/hello/submissions') =>
    request(house.app)
      .post(path)
      .set('Cookie', cookie)
      .send({ answers: { q1: 'x' } });

  it.each([
    ['usage', 400],
    ['denied', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['busy', 503],
    ['unreachable', 503],
    ['no-space', 507],
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

  it.each([new Error('secret path /etc'), new GradeportError('internal', 'secret path /etc')])(
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

  it('a full disk is told apart wherever it shows', async () => {
    house.grading.failure.next = new Error('write failed', {
      cause: Object.assign(new Error('x'), { code: 'ENOSPC' }),
    });
    await submit().expect(507);
    house.grading.failure.next = null;
  });
});
