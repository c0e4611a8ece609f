/** Handing in through the API, and what does not fit. */
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from './support/house.ts';

let house: House;
let eve: Awaited<ReturnType<House['person']>>;
beforeAll(async () => {
  house = await openHouse();
  eve = await house.person('eve', 'student');
});
afterAll(() => house.close());

const HELLO = '/api/courses/c1/tasks/hello/submissions';
const QUIZ = '/api/courses/c1/tasks/quiz/submissions';
const post = (path: string) => request(house.app).post(path).set('Cookie', eve.cookie);
const get = (path: string, cookie = eve.cookie) => request(house.app).get(path).set('Cookie', cookie);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('JSON', () => {
  it('is taken with 202, the ids and where to look', async () => {
    const answer = await post(HELLO)
      .send({ answers: { q1: 'print()' } })
      .expect(202);
    const { submission, run, href } = answer.body;
    expect(href).toBe(`/runs/${run}`);
    expect(answer.headers['location']).toBe(`/api/runs/${run}`);
    const seen = await get(`/api/runs/${run}`).expect(200);
    expect(seen.body).toMatchObject({
      id: run,
      submission,
      student: 'eve',
      state: 'queued',
      position: 3,
      outcome: null,
    });
    const stored = await get(`/api/submissions/${submission}`).expect(200);
    expect(stored.body).toMatchObject({
      id: submission,
      answers: { q1: 'print()' },
      runs: [{ id: run, verdict: null }],
    });
  });

  it('carries lists and files', async () => {
    const f = { filename: 'a.c', content: base64('int main;') };
    const answer = await post(QUIZ)
      .send({ answers: { many: ['0'], f } })
      .expect(202);
    expect(house.grading.received.at(-1)).toEqual(
      new Map<string, unknown>([
        ['many', ['0']],
        ['f', { filename: 'a.c', content: Buffer.from('int main;') }],
      ]),
    );
    const stored = await get(`/api/submissions/${answer.body.submission}`).expect(200);
    expect(stored.body.answers.f).toEqual({ filename: 'a.c', size: 9 });
  });

  it('answers 422 with each fault', async () => {
    const answer = await post(HELLO)
      .send({ answers: { q1: 'wrong' } })
      .expect(422);
    expect(answer.body.faults).toEqual({ q1: 'This is <b>wrong</b>.' });
  });

  it.each([
    [{ answers: { q1: 5 } }, 'answers.q1'],
    [{ answers: { q1: { filename: 'a', content: '%%%' } } }, 'answers.q1'],
    [{ answers: { q1: { filename: '', content: '' } } }, 'answers.q1'],
    [{ answers: { q1: [1] } }, 'answers.q1'],
    [{ answers: { q1: null } }, 'answers.q1'],
    [{ answers: [] }, 'answers'],
    [{}, 'answers'],
    [{ answers: {}, grade: 100 }, 'grade'],
    [[], 'the body'],
  ])('answers 400 naming the field for %j', async (body, field) => {
    const answer = await post(HELLO).send(body).expect(400);
    expect(answer.body.error).toContain(field);
  });

  it('is not poisoned by __proto__', async () => {
    await post(HELLO).type('json').send('{"answers":{"__proto__":"x","q1":"y"}}');
    expect(({} as Record<string, unknown>)['q1']).toBeUndefined();
    expect(house.grading.received.at(-1)?.get('q1')).toBe('y');
  });
});

describe('too large', () => {
  it.each([
    ['a text', { q1: 'x'.repeat(501) }, '500 B'],
    ['a file', { q1: { filename: 'a', content: base64('x'.repeat(1001)) } }, '1000 B'],
  ])('JSON with %s: 413 naming the limit', async (_what, answers, limit) => {
    const answer = await post(HELLO).send({ answers }).expect(413);
    expect(answer.body.error).toContain(limit);
  });

  it('a JSON body that is larger than any answer could be', async () => {
    const answer = await post(HELLO)
      .send({ answers: { q1: 'x'.repeat(100_000) } })
      .expect(413);
    expect(answer.body.error).toMatch(/limit of \d+ bytes/);
  });

  it.each([
    ['/courses/c1/tasks/quiz', /html/],
    [QUIZ, /json/],
  ])('%s: an uploaded file and a text, 413 naming field and limit', async (path, type) => {
    const file = await post(path)
      .attach('answer.f', Buffer.alloc(1001), 'a.c')
      .expect(413)
      .expect('Content-Type', type);
    expect(file.text).toMatch(/answer\.f.*1000 B/);
    const text = await post(path).field('answer.m', 'x'.repeat(501)).expect(413);
    expect(text.text).toMatch(/answer\.m.*500 B/);
    const all = await post(path).field('answer.m', 'x'.repeat(400_000)).expect(413);
    expect(all.text).toMatch(/limit of [\d.]+ KiB/);
  });
});

describe('malformed forms', () => {
  it.each([
    [
      'a file where none is asked for',
      () => post(HELLO).attach('answer.q1', Buffer.from('x'), 'a.c'),
      'answer.q1',
    ],
    [
      'a second file',
      () =>
        post(QUIZ).attach('answer.f', Buffer.from('x'), 'a.c').attach('answer.f', Buffer.from('y'), 'b.c'),
      'answer.f',
    ],
    ['a file under another name', () => post(QUIZ).attach('other', Buffer.from('x'), 'a.c'), 'other'],
    ['a repeated text', () => post(HELLO).field('answer.q1', 'a').field('answer.q1', 'b'), 'answer.q1'],
    ['a nested field', () => post(HELLO).field('answer.q1[a][b]', 'a'), 'answer.q1'],
    ['another kind of body', () => post(HELLO).type('form').send('answer.q1=x'), 'multipart'],
    [
      'no end',
      () => post(HELLO).set('Content-Type', 'multipart/form-data; boundary=x').send('--x\r\n'),
      'malformed',
    ],
    ['no boundary', () => post(HELLO).set('Content-Type', 'multipart/form-data').send('x'), 'malformed'],
  ])('%s is 400 that names it', async (_what, send, named) => {
    const before = house.grading.received.length;
    const answer = await send().expect(400);
    expect(answer.body.error).toContain(named);
    expect(house.grading.received.length).toBe(before);
  });
});

describe('looking up', () => {
  it('students list their own; staff also those of a student', async () => {
    const bob = await house.person('bob', 'student');
    const tess = await house.person('tess', 'teacher');
    const made = await request(house.app)
      .post(HELLO)
      .set('Cookie', bob.cookie)
      .send({ answers: { q1: 'b' } })
      .expect(202);
    const own = await get(HELLO, bob.cookie).expect(200);
    expect(own.body).toHaveLength(1);
    expect(own.body[0]).toMatchObject({
      id: made.body.submission,
      student: 'bob',
      runs: [{ id: made.body.run }],
    });
    await get(`${HELLO}?user=bob`).expect(403);
    await get(`/api/submissions/${made.body.submission}`).expect(404);
    await get(`/api/runs/${made.body.run}`).expect(404);
    expect((await get(`${HELLO}?user=bob`, tess.cookie).expect(200)).body).toHaveLength(1);
    expect((await get(HELLO, tess.cookie).expect(200)).body).toEqual([]);
    await get(`${HELLO}?user=nobody`, tess.cookie).expect(404);
    await get(`/api/submissions/${made.body.submission}`, tess.cookie).expect(200);
    const bad = await get(`${HELLO}?limit=many`).expect(400);
    expect(bad.body.error).toContain('limit');
  });

  it('needs a session everywhere', async () => {
    for (const path of [
      HELLO,
      '/api/submissions/x',
      '/api/runs/x',
      '/api/courses',
      '/api/session',
      '/api/environments/default',
    ]) {
      await request(house.app).get(path).expect(401);
    }
    await request(house.app).post(HELLO).send({ answers: {} }).expect(401);
    await request(house.app).post('/api/runs/x/kill').expect(401);
    await request(house.app).post('/courses/c1/tasks/hello').field('answer.q1', 'x').expect(401);
  });
});
