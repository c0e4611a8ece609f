import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { onStopped, type StoppedAttack } from '../../server/rules/stopped-attacks.ts';
import { openHouse, sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const { cookie } = await house.person('eve', 'student');

describe('requests from other sites', () => {
  const post = (headers: Record<string, string>) =>
    request(house.app)
      .post('/api/courses/c1/tasks/hello/submissions')
      .set('Cookie', cookie)
      .set(headers)
      .send({ answers: { q1: 'x' } });

  test.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://grade.example.evil.example', Host: 'grade.example' },
    { Origin: 'http://grade.example:81', Host: 'grade.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  ])('are refused: %j', async (headers) => {
    const answer = await post(headers).expect(403);
    expect(answer.body.error).toContain('another site');
  });

  test.each([
    {},
    { Origin: 'http://grade.example', Host: 'grade.example' },
    { Origin: 'http://GRADE.example', Host: 'grade.EXAMPLE' },
    { 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
  ])('are taken from our own pages and from programs: %j', async (headers) => {
    await post(headers).expect(202);
  });

  test('know the public URL that a proxy hides', async () => {
    const behind = await openHouse({ publicUrl: 'https://grade.example' });
    const person = await behind.person('eve', null);
    const leave = (origin: string) =>
      request(behind.app).post('/sign-out').set('Cookie', person.cookie).set('Origin', origin);
    await leave('https://evil.example').expect(403);
    await leave('https://grade.example').expect(303);
    await behind.close();
  });

  test('do not reach sign-in or sign-out either', async () => {
    for (const path of ['/sign-in', '/sign-out', '/api/session']) {
      await request(house.app).post(path).set('Origin', 'https://evil.example').expect(403);
    }
    await request(house.app)
      .delete('/api/session')
      .set('Cookie', cookie)
      .set('Origin', 'https://evil.example')
      .expect(403);
    await request(house.app).get('/api/session').set('Cookie', cookie).expect(200);
  });

  test('are seen by the operator, with the site that they claim', async () => {
    const seen: StoppedAttack[] = [];
    const stop = onStopped((attack) => void seen.push(attack));
    await request(house.app).post('/sign-in').set('Origin', 'https://evil.example').expect(403);
    stop();
    expect(seen).toEqual([expect.objectContaining({ kind: 'foreign-site', from: '127.0.0.1' })]);
    expect(seen[0]?.why).toContain('https://evil.example');
  });
});
