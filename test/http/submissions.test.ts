import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { sharedHouse } from '../support/http/house.ts';
import { sampleUser } from '../support/store/samples.ts';

const house = await sharedHouse();
const eve = await house.person('eve', 'student');

const HELLO = '/api/courses/c1/tasks/hello/submissions';
const QUIZ = '/api/courses/c1/tasks/quiz/submissions';
const post = (path: string) => request(house.app).post(path).set('Cookie', eve.cookie);
const get = (path: string, cookie = eve.cookie) => request(house.app).get(path).set('Cookie', cookie);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('JSON', () => {
  test('is taken with 202, the ids and where to look', async () => {
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

  test('carries lists and files', async () => {
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

  test('answers 422 with each fault', async () => {
    const answer = await post(HELLO)
      .send({ answers: { q1: 'wrong' } })
      .expect(422);
    expect(answer.body.faults).toEqual({ q1: 'This is <b>wrong</b>.' });
  });

  test.each([
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

  test('is not poisoned by __proto__', async () => {
    await post(HELLO).type('json').send('{"answers":{"__proto__":"x","q1":"y"}}');
    expect(Object.prototype).not.toHaveProperty('q1');
    expect(house.grading.received.at(-1)?.get('q1')).toBe('y');
  });
});

describe('looking up', () => {
  test('students list their own; staff also those of a student', async () => {
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
    // An account of another course is no different from a name without an account.
    await house.store.users.insert(sampleUser('id-far', { name: 'far', roles: { other: 'student' } }));
    const [far, ghost] = await Promise.all(
      ['far', 'ghost'].map((name) => get(`${HELLO}?user=${name}`, tess.cookie).expect(404)),
    );
    expect(far?.body.error).toBe(ghost?.body.error.replace('ghost', 'far'));
    await get(`/api/submissions/${made.body.submission}`, tess.cookie).expect(200);
    const bad = await get(`${HELLO}?limit=many`).expect(400);
    expect(bad.body.error).toContain('limit');
  });

  test('needs a session everywhere', async () => {
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
