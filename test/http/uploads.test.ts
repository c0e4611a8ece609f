import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const eve = await house.person('eve', 'student');

const HELLO = '/api/courses/c1/tasks/hello/submissions';
const QUIZ = '/api/courses/c1/tasks/quiz/submissions';
const post = (path: string) => request(house.app).post(path).set('Cookie', eve.cookie);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('too large', () => {
  test.each([
    ['a text', { q1: 'x'.repeat(501) }, '500 bytes'],
    ['a file', { q1: { filename: 'a', content: base64('x'.repeat(1001)) } }, '1000 bytes'],
  ])('JSON with %s: 413 naming the limit', async (_what, answers, limit) => {
    const answer = await post(HELLO).send({ answers }).expect(413);
    expect(answer.body.error).toContain(limit);
  });

  test('a JSON body that is larger than any answer could be', async () => {
    const answer = await post(HELLO)
      .send({ answers: { q1: 'x'.repeat(100_000) } })
      .expect(413);
    expect(answer.body.error).toMatch(/limit of [\d.]+ KiB/);
  });

  test.each([
    ['/courses/c1/tasks/quiz', /html/],
    [QUIZ, /json/],
  ])('%s: an uploaded file and a text, 413 naming field and limit', async (path, type) => {
    const file = await post(path)
      .attach('answer.f', Buffer.alloc(1001), 'a.c')
      .expect(413)
      .expect('Content-Type', type);
    expect(file.text).toMatch(/answer\.f.*1000 bytes/);
    const text = await post(path).field('answer.m', 'x'.repeat(501)).expect(413);
    expect(text.text).toMatch(/answer\.m.*500 bytes/);
    const all = await post(path).field('answer.m', 'x'.repeat(400_000)).expect(413);
    expect(all.text).toMatch(/limit of [\d.]+ KiB/);
  });
});

describe('malformed forms', () => {
  test.each([
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
