/** Attacks by request against the real server: other people's things, forged sessions, hostile ids and headers. */
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest, statusOf } from '../support/attacks/raw.ts';
import { type Ground, openGround } from '../support/attacks/server-under-attack.ts';

let ground: Ground;
let theirs: { run: string; submission: string };
const QUIZ = { stack: '0', exits: ['0'] };
beforeAll(async () => {
  ground = await openGround();
  theirs = await ground.graded('python-sum', { code: 'def total(n): return 42' }, ground.victim);
});
afterAll(() => ground.close());

const alive = async () => expect((await ground.request('/api/session')).status).toBe(200);

describe('what belongs to others does not exist', () => {
  test.each([
    ['GET', '/api/runs/RUN'],
    ['GET', '/runs/RUN'],
    ['POST', '/api/runs/RUN/kill'],
    ['POST', '/runs/RUN/kill'],
    ['GET', '/api/submissions/SUBMISSION'],
  ])('%s %s', async (method, path) => {
    const real = path.replace('RUN', theirs.run).replace('SUBMISSION', theirs.submission);
    const answer = await ground.request(real, { method });
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('return 42');
  });

  test('the list of their submissions is not shown, however it is asked for', async () => {
    const name = ground.server.accounts.other.name;
    for (const query of [`user=${name}`, `user[$ne]=x`, `user=${name}&user=x`, 'userId[$gt]=', '$where=1']) {
      const answer = await ground.request(`/api/courses/demo/tasks/python-sum/submissions?${query}`);
      expect(await answer.text(), query).not.toContain(theirs.run);
    }
  });

  test('their run’s live room stays closed, and strangers do not even get a connection', async () => {
    const connect = (headers: Record<string, string>) =>
      io(ground.server.url, {
        transports: ['websocket'],
        extraHeaders: headers,
        reconnection: false,
        forceNew: true,
      });
    const own = connect({ cookie: ground.eve.cookie, origin: ground.server.url });
    const answer = await own.timeout(5000).emitWithAck('run:join', { run: theirs.run, attempt: 0, after: 0 });
    expect(answer).toMatchObject({ ok: false });
    own.close();
    for (const headers of [
      { origin: ground.server.url },
      { cookie: ground.eve.cookie, origin: 'https://evil.example' },
    ]) {
      const stranger = connect(headers as Record<string, string>);
      await new Promise((resolve) => stranger.once('connect_error', resolve));
      stranger.close();
    }
  });

  test('a form on another site changes nothing', async () => {
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    const body = JSON.stringify({ answers: QUIZ });
    const answer = await ground.request('/api/courses/demo/tasks/quiz/submissions', {
      method: 'POST',
      headers,
      body,
    });
    expect(answer.status).toBe(403);
  });
});

describe('signing in', () => {
  test('a session that the attacker chose beforehand is not the one that is opened', async () => {
    const { name, password } = ground.server.accounts.other;
    const planted = `gradeport_session=${'A'.repeat(43)}`;
    const answer = await ground.request('/api/session', {
      as: null,
      method: 'POST',
      headers: { cookie: planted, 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    });
    expect(answer.status).toBe(200);
    expect(String(answer.headers.getSetCookie())).not.toContain('AAAA');
    expect((await ground.request('/api/session', { as: null, headers: { cookie: planted } })).status).toBe(
      401,
    );
  });

  test('a token in the address, in another header or broken opens nothing', async () => {
    const token = ground.eve.cookie.split('=')[1] ?? '';
    const tries: [string, Record<string, string>][] = [
      [`?gradeport_session=${token}`, {}],
      ['', { authorization: `Bearer ${token}` }],
      ['', { cookie: `gradeport_session=${token}x` }],
      ['', { cookie: `gradeport_session=${token.toLowerCase()}` }],
      ['', { cookie: 'gradeport_session=%00; gradeport_session=' }],
    ];
    for (const [query, headers] of tries) {
      expect((await ground.request(`/api/session${query}`, { as: null, headers })).status, query).toBe(401);
    }
  });

  test('questions in a query language instead of a name and a password are refused', async () => {
    for (const body of [
      { name: { $ne: null }, password: { $ne: null } },
      { name: ['admin'], password: 'x' },
      'null',
      '[]',
    ]) {
      const answer = await ground.json('/api/session', body, null);
      expect([400, 401]).toContain(answer.status);
    }
  });
});

describe('ids, names and headers', () => {
  const IDS = [
    '..%2f..%2f..%2fetc%2fpasswd',
    '..%5c..%5cwindows',
    'a%00b',
    'x%0d%0aSet-Cookie:%20owned=1',
    '%E2%80%AEgpj',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    '%ff%fe',
    '%',
    "' OR 1=1 --",
    '{{7*7}}',
    '$common',
    '.git',
    '*',
  ];
  test.each([
    '/courses/ID',
    '/courses/demo/tasks/ID',
    '/runs/ID',
    '/api/runs/ID',
    '/api/submissions/ID',
    '/api/environments/ID',
    '/environments/ID',
    '/assets/ID',
  ])('hostile ids in %s lead nowhere', async (path) => {
    for (const id of IDS) {
      const answer = await ground.request(path.replace('ID', id));
      expect([400, 403, 404, 414], `${path} ${id} ${answer.status}`).toContain(answer.status);
      expect(answer.headers.get('set-cookie') ?? '').not.toContain('owned');
      expect(await answer.text()).not.toMatch(/root:|"dependencies"|49(?!\d)\s*<\/h1>/);
    }
    await alive();
  });

  test('paths that climb are not put together again', async () => {
    for (const path of [
      '/assets/../../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/....//....//package.json',
      '//etc/passwd',
      '/assets/%2e%2e/%2e%2e/server/main/all-in-one.ts',
    ]) {
      const heard = await rawRequest(
        ground.server.url,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(statusOf(heard), path).not.toBe(200);
    }
  });

  test('line ends in a place to go next, or in a file name, make no header', async () => {
    const { name, password } = ground.server.accounts.other;
    const body = new URLSearchParams({ name, password, next: '/courses\r\nX-Owned: 1' });
    const answer = await ground.request('/sign-in', { as: null, method: 'POST', body });
    expect(answer.headers.get('x-owned')).toBeNull();
    expect(answer.headers.get('location') ?? '').not.toMatch(/^(https?:)?\/\/(?!127)/);
  });

  test('requests that two servers would read differently are refused', async () => {
    const head = 'POST /api/session HTTP/1.1\r\nHost: x\r\n';
    for (const bad of [
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX',
      'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
      'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      'Content-Length: -1\r\n\r\n',
      ' Folded: x\r\n\r\n',
    ]) {
      expect(statusOf(await rawRequest(ground.server.url, head + bad)), bad).toBe(400);
    }
  });

  test('giant headers and unknown methods are refused', async () => {
    const line = (head: string) =>
      rawRequest(ground.server.url, `${head}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(statusOf(await line(`GET /?${'x'.repeat(100_000)} HTTP/1.1`))).toBe(431);
    expect(statusOf(await line(`GET / HTTP/1.1\r\nCookie: ${'a=b; '.repeat(20_000)}`))).toBe(431);
    expect(statusOf(await line('TRACE / HTTP/1.1'))).toBeGreaterThanOrEqual(400);
    await alive();
  });
});
