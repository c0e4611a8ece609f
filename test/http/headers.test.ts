import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const { cookie } = await house.person('eve', 'student');

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

  test.each(paths)('%s has a strict policy with a fresh nonce and stays in no cache', async (path) => {
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

  test('gives the page its own nonce and has no inline script', async () => {
    const answer = await request(house.app).get('/courses/c1/tasks/hello').set('Cookie', cookie).expect(200);
    const nonce = /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1];
    expect(answer.text.replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+')).toContain(`nonce="${nonce}"`);
    expect(answer.text).not.toMatch(/<script(?![^>]* src=)/);
    expect(answer.text).not.toMatch(/ on[a-z]+=|style="/);
  });

  test('takes no host header into the policy that could end a rule', async () => {
    const answer = await request(house.app).get('/sign-in').set('Host', 'x; script-src *');
    expect(String(answer.headers['content-security-policy'])).not.toContain('script-src *');
  });

  test('assets may be kept and need no session', async () => {
    const answer = await request(house.app).get('/assets/favicon.svg').expect(200);
    expect(answer.headers['cache-control']).toBe('public, no-cache');
    await request(house.app).get('/assets/../views/error.hbs').expect(404);
    await request(house.app).get('/assets/%2e%2e/views/error.hbs').expect(404);
    await request(house.app).get('/assets/.stamp').expect(404);
  });
});
