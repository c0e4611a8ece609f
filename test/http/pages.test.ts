import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVIL } from './support/course.ts';
import { outcomeWith } from './support/grading.ts';
import { type House, openHouse } from './support/house.ts';

let house: House;
let eve: Awaited<ReturnType<House['person']>>;
let teacher: typeof eve;
beforeAll(async () => {
  house = await openHouse();
  eve = await house.person('eve', 'student');
  teacher = await house.person('tess', 'teacher');
});
afterAll(() => house.close());

const get = (path: string, who = eve) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = eve) => request(house.app).post(path).set('Cookie', who.cookie);
const runOf = (location: unknown) => String(location).replace('/runs/', '');

describe('courses', () => {
  it('/ leads to the courses, which show what one is a member of', async () => {
    await get('/').expect(303).expect('Location', '/courses');
    const page = await get('/courses').expect(200);
    expect(page.text).toContain('Course &lt;b&gt;one&lt;/b&gt;');
    expect(page.text).toContain('<em>things</em>');
    const stranger = await house.person('stranger', null);
    expect((await get('/courses', stranger).expect(200)).text).not.toContain('/courses/c1');
  });

  it('shows students no hidden and no broken task; staff see both, escaped', async () => {
    const student = (await get('/courses/c1').expect(200)).text;
    expect(student).toContain('Task hello');
    expect(student).not.toContain('Task hidden');
    expect(student).not.toContain('oops');
    const staff = (await get('/courses/c1', teacher).expect(200)).text;
    expect(staff).toContain('Task hidden');
    expect(staff).toContain('oops &lt;script&gt;');
    expect(staff + student).not.toContain('<script>alert');
  });

  it('tells progress: new, tried, solved and the best grade', async () => {
    const { user, cookie } = await house.person('progress', 'student');
    for (const [task, grade] of [
      ['hello', 40],
      ['hello', 70],
      ['shown', 100],
    ] as const) {
      const run = await house.grading.submit(user, 'c1', task, new Map([['q1', 'x']]));
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

  it('are not there for others', async () => {
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

describe('a task', () => {
  it('takes answers, leads to the run, and starts from the last answer next time', async () => {
    const answer = await post('/courses/c1/tasks/hello')
      .field('answer.q1', '\nprint("é</textarea>")')
      .expect(303);
    expect(answer.headers['location']).toMatch(/^\/runs\/[\w-]+$/);
    expect(house.grading.received.at(-1)).toEqual(new Map([['q1', '\nprint("é</textarea>")']]));
    const page = await get('/courses/c1/tasks/hello').expect(200);
    expect(page.text).toContain('&quot;é&lt;/textarea&gt;&quot;');
    expect(page.text).toContain(String(answer.headers['location']));
  });

  it('shows a refused form again with 422, what is wrong, and everything that was typed', async () => {
    const page = await post('/courses/c1/tasks/hello').field('answer.q1', 'wrong').expect(422);
    expect(page.text).toContain('This is &lt;b&gt;wrong&lt;/b&gt;.');
    expect(page.text).toMatch(/<textarea[^>]*>\s*wrong<\/textarea>/);
  });

  it('takes ticked boxes as a list, a file with its name, and leaves out what an empty file field sends', async () => {
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

  it('never tells what is right', async () => {
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

describe('a run', () => {
  async function runWith(user: typeof eve, answers: Record<string, string>, task = 'hello'): Promise<string> {
    const result = await house.grading.submit(user.user, 'c1', task, new Map(Object.entries(answers)));
    return result.ok ? result.run : '';
  }

  it('shows the answer, the verdict and the feedback, all of it as text', async () => {
    const run = await runWith(eve, { q1: EVIL });
    const report = {
      text: `Look: ${EVIL}\n\n.. raw:: html\n\n   <script>alert(2)</script>`,
      problems: { q1: ['failed', EVIL] as [string, string] },
      tests: { first: [true, EVIL], second: false, third: EVIL },
      custom: {},
      state: '',
    };
    await house.grading.finish(
      run,
      outcomeWith({ verdict: 'out-of-memory', summary: EVIL, report, grade: 0 }),
    );
    const page = await get(`/runs/${run}`).expect(200);
    expect(page.text).toContain('Out of memory');
    expect(page.text).toContain('&lt;img src');
    expect(page.text).not.toMatch(/<script>|<img|onerror=(?!alert\(1\)&gt;)/);
  });

  it('shows uploaded files by name, escaped', async () => {
    const location = (
      await post('/courses/c1/tasks/quiz')
        .attach('answer.f', Buffer.from('x'), '<img src=x onerror=alert(1)>.c')
        .expect(303)
    ).headers['location'];
    const page = await get(String(location)).expect(200);
    expect(page.text).toContain('&lt;img src');
    expect(page.text).not.toContain('<img');
  });

  it.each([
    ['success', 'Success', 'good'],
    ['failed', 'Failed', 'bad'],
    ['timeout', 'Out of time', 'bad'],
    ['out-of-memory', 'Out of memory', 'bad'],
    ['output-limit', 'Too much output', 'bad'],
    ['disk-full', 'Folder full', 'bad'],
    ['process-limit', 'Too many processes', 'bad'],
    ['killed', 'Stopped', 'warn'],
    ['crashed', 'Grader crashed', 'warn'],
    ['system-error', 'System error', 'warn'],
  ] as const)('calls %s "%s"', async (verdict, label, tone) => {
    const run = await runWith(eve, { q1: 'x' });
    await house.grading.finish(run, outcomeWith({ verdict }));
    const page = await get(`/runs/${run}`).expect(200);
    expect(page.text).toMatch(new RegExp(`verdict ${tone}"[\\s\\S]*>${label}<`));
  });

  it('keeps details, output, custom and state from students', async () => {
    const run = await runWith(eve, { q1: 'x' });
    const report = {
      text: '',
      problems: {},
      tests: {},
      custom: { k: 'secret-custom' },
      state: 'secret-state',
    };
    await house.grading.finish(run, outcomeWith({ report }));
    for (const path of [`/runs/${run}`, `/api/runs/${run}`]) {
      expect((await get(path).expect(200)).text).not.toContain('secret-');
      const staff = (await get(path, teacher).expect(200)).text;
      expect(staff).toContain('secret-details');
      expect(staff).toContain('secret-output');
    }
    const open = await runWith(eve, { q1: 'x' }, 'shown');
    await house.grading.finish(open, outcomeWith());
    const shown = (await get(`/runs/${open}`).expect(200)).text;
    expect(shown).toContain('secret-output');
    expect(shown).not.toContain('secret-details');
  });

  it('is not there for another student; staff of the course and operators see it', async () => {
    const run = await runWith(eve, { q1: 'x' });
    const mallory = await house.person('mallory', 'student');
    const operator = await house.person('root', null, true);
    for (const path of [`/runs/${run}`, `/api/runs/${run}`]) {
      await get(path, mallory).expect(404);
      await get(path, operator).expect(200);
      await get(path, teacher).expect(200);
    }
    await post(`/runs/${run}/kill`, mallory).expect(404);
    await post(`/api/runs/${run}/kill`, mallory).expect(404);
    expect((await house.store.runs.get(run))?.state).toBe('queued');
    await post(`/runs/${run}/kill`).expect(303).expect('Location', `/runs/${run}`);
    expect((await post(`/api/runs/${run}/kill`).expect(200)).body).toEqual({ killed: false });
  });

  it('outlives its task', async () => {
    const run = runOf((await post('/courses/c1/tasks/hello').field('answer.q1', 'x')).headers['location']);
    await house.store.runs.update({ id: run }, { $set: { task: 'gone' } });
    await get(`/runs/${run}`).expect(200);
    await get(`/api/runs/${run}`).expect(200);
  });
});

describe('environments', () => {
  it('are listed, and each tells which tasks use it, by any of its names', async () => {
    expect((await get('/environments').expect(200)).text).toContain('&lt;b&gt;plain&lt;/b&gt;');
    const page = await get('/environments/python3').expect(200);
    expect(page.text).toContain('3 days ago');
    expect(page.text).toContain('/courses/c1/tasks/hello');
    expect(page.text).not.toContain('Task hidden');
    await get('/environments/none').expect(404);
    const list = await get('/api/environments').expect(200);
    expect(list.body).toEqual(house.environments.list);
    expect((await get('/api/environments/default').expect(200)).body).toEqual(house.environments.list[0]);
    await request(house.app).get('/api/environments').expect(401);
  });
});
