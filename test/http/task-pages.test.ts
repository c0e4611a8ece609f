import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../server/rules/problems.ts';
import { createApp } from '../../server/site/app.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const eve = await house.person('eve', 'student');

const get = (path: string, who = eve) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = eve) => request(house.app).post(path).set('Cookie', who.cookie);

describe('a task', () => {
  test('takes answers, leads to the run, and starts from the last answer next time', async () => {
    const answer = await post('/courses/c1/tasks/hello')
      .field('answer.q1', '\nprint("é</textarea>")')
      .expect(303);
    expect(answer.headers['location']).toMatch(/^\/runs\/[\w-]+$/);
    expect(house.grading.received.at(-1)).toEqual(new Map([['q1', '\nprint("é</textarea>")']]));
    const page = await get('/courses/c1/tasks/hello').expect(200);
    expect(page.text).toContain('&quot;é&lt;/textarea&gt;&quot;');
    expect(page.text).toContain(String(answer.headers['location']));
  });

  test('answers our own script with the page of the run itself, and its address', async () => {
    const page = await post('/courses/c1/tasks/hello')
      .set('gradeport-in-place', '1')
      .field('answer.q1', 'x')
      .expect(200);
    const href = page.headers['content-location'];
    expect(href).toMatch(/^\/runs\/[\w-]+$/);
    expect(page.text).toContain(`data-run="${String(href).slice('/runs/'.length)}"`);
    const refused = await post('/courses/c1/tasks/hello')
      .set('gradeport-in-place', '1')
      .field('answer.q1', 'wrong');
    expect([refused.status, refused.headers['content-location']]).toEqual([422, undefined]);
  });

  test('shows a refused form again with 422, what is wrong, and everything that was typed', async () => {
    const page = await post('/courses/c1/tasks/hello').field('answer.q1', 'wrong').expect(422);
    expect(page.text).toContain('This is &lt;b&gt;wrong&lt;/b&gt;.');
    expect(page.text).toMatch(/<textarea[^>]*>\s*wrong<\/textarea>/);
  });

  test('takes ticked boxes as a list, a file with its name, and leaves out what an empty file field sends', async () => {
    await post('/courses/c1/tasks/quiz')
      .field('answer.many', '0')
      .field('answer.many', '1')
      .field('answer.m', 'x')
      .attach('answer.f', Buffer.from('int main;'), 'größe "1".c')
      .expect(303);
    const got = house.grading.received.at(-1);
    expect(got?.get('many')).toEqual(['0', '1']);
    expect(got?.get('f')).toEqual({ filename: 'größe "1".c', content: Buffer.from('int main;') });
    await post('/courses/c1/tasks/quiz').field('answer.many', '1').expect(303);
    expect(house.grading.received.at(-1)).toEqual(new Map([['many', ['1']]]));
    expect((await get('/courses/c1/tasks/quiz')).text).toMatch(/value="1"[^>]* checked/);
  });

  test('takes a choice of several without any: the form says so, which a program may leave out', async () => {
    expect((await get('/courses/c1/tasks/quiz')).text).toContain(
      '<input type="hidden" name="answer.many" value="">',
    );
    await post('/courses/c1/tasks/quiz').field('answer.many', '').field('answer.m', 'x').expect(303);
    expect(house.grading.received.at(-1)?.get('many')).toEqual([]);
    await post('/courses/c1/tasks/quiz').field('answer.many', '').field('answer.many', '1').expect(303);
    expect(house.grading.received.at(-1)?.get('many')).toEqual(['1']);
  });

  test('never tells what is right', async () => {
    const texts = [
      (await get('/courses/c1/tasks/quiz').expect(200)).text,
      (await get('/api/courses/c1/tasks/quiz').expect(200)).text,
      (await get('/api/courses/c1').expect(200)).text,
    ];
    for (const text of texts) expect(text).not.toMatch(/secret-|valid|\/nowhere/);
    expect(texts[0]).toContain('Quiz &lt;script&gt;');
    expect(texts[0]).not.toContain('<script>alert');
  });
});

describe('what users have stored', () => {
  const nearly = (whose: 'user' | 'all') =>
    createApp({
      ...house.deps,
      amounts: {
        nearlyFull: () => ({ whose, bytes: 17 * 2 ** 20, most: 20 * 2 ** 20 }),
        bytesInAll: () => 0,
      },
    });

  test.each([
    ['user', 'Your submissions hold 17 MiB of the 20 MiB'],
    ['all', 'This server holds 17 MiB of the 20 MiB'],
  ] as const)('is a warning on the task’s page where the bound of %s is near', async (whose, sentence) => {
    const page = await request(nearly(whose)).get('/courses/c1/tasks/hello').set('Cookie', eve.cookie);
    expect(page.text).toContain(sentence);
    expect((await get('/courses/c1/tasks/hello')).text).not.toContain('MiB of the');
  });

  test.each([
    ['stores-much', 413, 'submissions.bytesPerUser'],
    ['all-store-much', 507, 'submissions.bytesInAll'],
  ] as const)('%s is a refusal with %i that keeps what was typed', async (problem, status, setting) => {
    house.grading.failure.next = new Refused(problem, { most: '2 GiB' });
    try {
      const page = await post('/courses/c1/tasks/hello').field('answer.q1', 'typed').expect(status);
      expect(page.text).toContain(setting);
      expect(page.text).toMatch(/<textarea[^>]*>\s*typed<\/textarea>/);
      const { body } = await request(house.app)
        .post('/api/courses/c1/tasks/hello/submissions')
        .set('Cookie', eve.cookie)
        .send({ answers: { q1: 'typed' } })
        .expect(status);
      expect(JSON.stringify(body)).toContain(setting);
    } finally {
      house.grading.failure.next = null;
    }
  });
});
