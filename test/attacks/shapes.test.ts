/** Attacks by request against the real server: hostile shapes, sizes and speeds. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ZEROS, zip } from '../../attacks/archives.ts';
import { halfRequests, multipart } from '../support/attacks/raw.ts';
import { type Ground, openGround } from '../support/attacks/server-under-attack.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const QUIZ = { stack: '0', exits: ['0'] };
const alive = async () => expect((await ground.request('/api/session')).status).toBe(200);

describe('hostile shapes and sizes', () => {
  const PATH = '/api/courses/demo/tasks/quiz/submissions';
  test.each<[string, () => string]>([
    ['a hundred thousand brackets', () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      'a hundred thousand levels of answers',
      () => `{"answers":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
    ],
    [
      'a million keys',
      () => `{"answers":{${Array.from({ length: 200_000 }, (_, n) => `"k${n}":"x"`).join(',')}}}`,
    ],
    ['20 MB', () => JSON.stringify({ answers: { stack: 'x'.repeat(20_000_000) } })],
    ['numbers without end', () => '{"answers":{"stack":1e999,"exits":[-1e999]}}'],
    ['half a character', () => '{"answers":{"stack":"\\ud800"}}'],
    ['no JSON', () => '{"answers":'],
  ])('%s are refused in time', async (_, body) => {
    const begun = performance.now();
    const answer = await ground.json(PATH, body());
    expect([400, 413, 422]).toContain(answer.status);
    expect(performance.now() - begun).toBeLessThan(5000);
    await alive();
  });

  test.each([
    '{"answers":{"__proto__":{"polluted":"yes"},"stack":"0"}}',
    '{"__proto__":{"polluted":"yes"},"answers":{}}',
    '{"answers":{"constructor":{"prototype":{"polluted":"yes"}}}}',
  ])('%s pollutes nothing', async (body) => {
    expect([400, 422]).toContain((await ground.json(PATH, body)).status);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('a submission cannot ask for limits, a verdict, another student, network or root', async () => {
    for (const key of [
      'limits',
      'verdict',
      'grade',
      'userId',
      'environment',
      'network',
      'runtime',
      'debug',
      'run_cmd',
      'runAsRoot',
    ]) {
      const answer = await ground.json(PATH, { answers: QUIZ, [key]: { time: 9999 } });
      expect(answer.status, key).toBe(400);
    }
  });

  test.each<[string, Parameters<typeof multipart>[0]]>([
    ['very many fields', Array.from({ length: 5000 }, (_, n) => ({ name: `answer.f${n}`, content: 'x' }))],
    ['a giant field name', [{ name: `answer.${'x'.repeat(100_000)}`, content: 'x' }]],
    ['the same file twice', [1, 2].map(() => ({ name: 'answer.table', filename: 'a.csv', content: 'x' }))],
    ['a file that was not asked for', [{ name: 'answer.evil', filename: '../../x', content: 'x' }]],
    ['fields that nest', [{ name: 'answer[__proto__][polluted]', content: 'yes' }]],
    ['a file over the limit', [{ name: 'answer.table', filename: 'a.csv', content: Buffer.alloc(11 << 20) }]],
  ])('a form with %s is refused', async (_, parts) => {
    const { body, type } = multipart(parts);
    const answer = await ground.request('/api/courses/demo/tasks/upload/submissions', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await alive();
  });

  test('a zip bomb that is handed in is stored, never unpacked', async () => {
    const bomb = zip(Array.from({ length: 40 }, (_, n) => ({ name: `z${n}`, content: ZEROS(512 * 1024) })));
    const before = process.memoryUsage().rss;
    const { body, type } = multipart([
      { name: 'answer.table', filename: 'bomb.csv', content: bomb.subarray(0, 20_000) },
    ]);
    const answer = await ground.request('/api/courses/demo/tasks/upload/submissions', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(answer.status).toBe(202);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  test('half requests keep no other user out', async () => {
    const cookie = `Cookie: ${ground.eve.cookie}\r\n`;
    const ends = await Promise.all([
      halfRequests(ground.server.url, 200, 'GET /courses HTTP/1.1\r\nHost: x\r\n'),
      halfRequests(
        ground.server.url,
        50,
        `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${cookie}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"answers":`,
      ),
    ]);
    const begun = performance.now();
    await alive();
    expect(performance.now() - begun).toBeLessThan(2000);
    for (const end of ends) end();
  });
});
