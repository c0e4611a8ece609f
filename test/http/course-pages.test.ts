import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const eve = await house.person('eve', 'student');
const teacher = await house.person('tess', 'teacher');

const get = (path: string, who = eve) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = eve) => request(house.app).post(path).set('Cookie', who.cookie);

describe('courses', () => {
  test('/ leads to the courses, which show what one is a member of', async () => {
    await get('/').expect(303).expect('Location', '/courses');
    const page = await get('/courses').expect(200);
    expect(page.text).toContain('Course &lt;b&gt;one&lt;/b&gt;');
    expect(page.text).toContain('<em>things</em>');
    const stranger = await house.person('stranger', null);
    expect((await get('/courses', stranger).expect(200)).text).not.toContain('/courses/c1');
  });

  test('shows students no hidden and no broken task; staff see both, escaped', async () => {
    const student = (await get('/courses/c1').expect(200)).text;
    expect(student).toContain('Task hello');
    expect(student).not.toContain('Task hidden');
    expect(student).not.toContain('oops');
    const staff = (await get('/courses/c1', teacher).expect(200)).text;
    expect(staff).toContain('Task hidden');
    expect(staff).toContain('oops &lt;script&gt;');
    expect(staff + student).not.toContain('<script>alert');
  });

  test('tells progress: new, tried, solved and the best grade', async () => {
    const { user, cookie } = await house.person('progress', 'student');
    for (const [task, grade] of [
      ['hello', 40],
      ['hello', 70],
      ['shown', 100],
    ] as const) {
      const run = await house.grading.submit(user, taskAt('c1', task), new Map([['q1', 'x']]));
      const verdict = grade === 100 ? 'success' : 'failed';
      if (run.ok) await house.grading.finish(run.run, outcomeWith({ grade, verdict }));
    }
    const answer = await request(house.app).get('/api/courses/c1').set('Cookie', cookie).expect(200);
    const rows = Object.fromEntries(answer.body.tasks.map((row: { id: string }) => [row.id, row]));
    expect(rows['hello']).toMatchObject({ status: 'tried', grade: 70 });
    expect(rows['shown']).toMatchObject({ status: 'solved', grade: 100 });
    expect(rows['quiz']).toMatchObject({ status: 'new', grade: null });
    expect(rows['over'].closed).toBe('Closed since 1970-01-01 00:00 UTC.');
    const list = await request(house.app).get('/api/courses').set('Cookie', cookie).expect(200);
    expect(list.body).toEqual([
      { id: 'c1', name: 'Course <b>one</b>', role: 'student', tasks: 4, solved: 1, href: '/courses/c1' },
    ]);
  });

  test('are not there for others', async () => {
    const stranger = await house.person('outsider', null);
    for (const path of [
      '/courses/c1',
      '/courses/c1/tasks/hello',
      '/api/courses/c1',
      '/api/courses/c1/tasks/hello',
    ]) {
      await get(path, stranger).expect(404);
    }
    await post('/courses/c1/tasks/hello', stranger).field('answer.q1', 'x').expect(404);
    await get('/courses/c1/tasks/hidden').expect(404);
    await get('/courses/c1/tasks/hidden', teacher).expect(200);
  });
});

describe('environments', () => {
  test('are listed, and each tells which tasks use it, by any of its names', async () => {
    expect((await get('/environments').expect(200)).text).toContain('&lt;b&gt;plain&lt;/b&gt;');
    const page = await get('/environments/python3').expect(200);
    expect(page.text).toContain('3 days ago');
    expect(page.text).toContain('/courses/c1/tasks/hello');
    expect(page.text).not.toContain('Task hidden');
    await get('/environments/none').expect(404);
    const list = await get('/api/environments').expect(200);
    // What waits behind the one that grades is not for students.
    expect(list.body).toEqual(house.environments.list.map((one) => ({ ...one, update: null })));
    expect((await get('/api/environments/default').expect(200)).body).toEqual({
      ...house.environments.list[0],
      update: null,
      uid: { grader: 4242, student: 4242 },
    });
    await request(house.app).get('/api/environments').expect(401);
    expect((await get('/api/slots').expect(403)).body.error).toContain('operators');
    const operator = await house.person('boss', null, true);
    const slots = await request(house.app).get('/api/slots').set('Cookie', operator.cookie).expect(200);
    expect(slots.body).toMatchObject({ hits: 3, misses: 1, idle: 2, lastRefillMs: 80 });
  });
});
