import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { EVIL } from '../support/http/course.ts';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const eve = await house.person('eve', 'student');
const teacher = await house.person('tess', 'teacher');

const get = (path: string, who = eve) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = eve) => request(house.app).post(path).set('Cookie', who.cookie);
const runOf = (location: unknown) => String(location).replace('/runs/', '');

describe('a run', () => {
  async function runWith(user: typeof eve, answers: Record<string, string>, task = 'hello'): Promise<string> {
    const result = await house.grading.submit(
      user.user,
      taskAt('c1', task),
      new Map(Object.entries(answers)),
    );
    return result.ok ? result.run : '';
  }

  test('shows the answer, the verdict and the feedback, all of it as text', async () => {
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

  test('can be run again with debug by staff, once it is over', async () => {
    const run = await runWith(eve, { q1: 'x' });
    expect((await get(`/runs/${run}`, teacher)).text).not.toContain('Run again with debug');
    await house.grading.finish(run, outcomeWith());
    expect((await get(`/runs/${run}`)).text).not.toContain('Run again with debug');
    expect((await get(`/runs/${run}`, teacher)).text).toContain('Run again with debug');
    const location = (await post(`/runs/${run}/debug`, teacher).expect(303)).headers['location'];
    expect((await get(String(location), teacher).expect(200)).text).toContain('Debug run');
    await get(String(location)).expect(404);
  });

  test('shows uploaded files by name, escaped', async () => {
    const location = (
      await post('/courses/c1/tasks/quiz')
        .attach('answer.f', Buffer.from('x'), '<img src=x onerror=alert(1)>.c')
        .expect(303)
    ).headers['location'];
    const page = await get(String(location)).expect(200);
    expect(page.text).toContain('&lt;img src');
    expect(page.text).not.toContain('<img');
  });

  test('gives uploaded files back, byte for byte, to their owner and to staff alone', async () => {
    const content = Buffer.from([0, 255, 10, 13, 60, 104]);
    const location = String(
      (
        await post('/courses/c1/tasks/quiz')
          .attach('answer.f', content, { filename: 'é "x"\r\n.html', contentType: 'text/html' })
          .field('answer.m', 'a text')
          .expect(303)
      ).headers['location'],
    );
    const href = /href="(\/runs\/[^"]*\/files\/f)"/.exec((await get(location)).text)?.[1] ?? '';
    for (const [path, who] of [
      [href, eve],
      [`/api${href}`, teacher],
    ] as const) {
      const answer = await get(path, who).responseType('blob').expect(200);
      expect(answer.body).toEqual(content);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment; filename=/),
        'x-content-type-options': 'nosniff',
      });
      expect(answer.headers['content-disposition']).not.toMatch(/[\r\n]/);
    }
    const trudy = await house.person('trudy', 'student');
    await get(href, trudy).expect(404);
    for (const other of ['m', 'none', '__proto__', '..%2Ff', 'f%00'])
      await get(href.replace(/f$/, other)).expect(404);
  });

  test.each([
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

  test('keeps details, output, custom and state from students', async () => {
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

  test('tells staff, on the page and in the API, that answer and grader shared a container', async () => {
    const run = await runWith(eve, { q1: 'x' });
    await house.grading.finish(run, outcomeWith({ sharedContainer: true }));
    expect((await get(`/runs/${run}`, teacher)).text).toContain('no student container was used');
    expect((await get(`/api/runs/${run}`, teacher)).body).toMatchObject({
      outcome: { sharedContainer: true },
    });
    // To a student it would be an invitation.
    expect((await get(`/runs/${run}`)).text).not.toContain('no student container was used');
    expect((await get(`/api/runs/${run}`)).body.outcome).not.toHaveProperty('sharedContainer');
    const apart = await runWith(eve, { q1: 'x' });
    await house.grading.finish(apart, outcomeWith({ sharedContainer: false }));
    expect((await get(`/runs/${apart}`, teacher)).text).not.toContain('no student container was used');
  });

  test('is not there for another student; staff of the course and operators see it', async () => {
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
    expect((await post(`/api/runs/${run}/kill`).expect(200)).body).toEqual({ killed: false, how: 'over' });
  });

  test('outlives its task', async () => {
    const run = runOf((await post('/courses/c1/tasks/hello').field('answer.q1', 'x')).headers['location']);
    await house.store.runs.update({ id: run }, { $set: { task: 'gone' } });
    await get(`/runs/${run}`).expect(200);
    await get(`/api/runs/${run}`).expect(200);
  });
});
