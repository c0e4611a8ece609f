import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { openCourses } from '../../server/courses/catalogue.ts';
import { createApp } from '../../server/site/app.ts';
import { copyOfCourse, moFile } from '../support/course-copy.ts';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const copy = await copyOfCourse('c1');
afterAll(() => copy[Symbol.asyncDispose]());
await copy.write(
  '$common/$i18n/fr.mo',
  moFile({ Quiz: 'Interro', 'Three questions.': 'Trois questions.', right: 'juste' }),
);
const old = await readFile(join(copy.course, 'old/task.yaml'), 'utf8');
const withFile = old.replace('java7', 'default').replace('Write it.', '`a file <quiz/pic.txt>`__');
await copy.write('old/task.yaml', withFile);
await copy.write('quiz/public/pic.txt', 'a picture');
await symlink('../quiz', join(copy.course, 'old/public'));
const app = createApp({ ...house.deps, courses: openCourses([copy.folder]) });
const eve = await house.person('eve', 'student');
const teacher = await house.person('tess', 'teacher');

const get = (path: string, who = eve) => request(app).get(path).set('Cookie', who.cookie);
const post = (path: string) => request(app).post(path).set('Cookie', eve.cookie);

describe('the page of an INGInious course', () => {
  test('has its sections, folded as they say, without those that are empty for a student', async () => {
    const student = (await get('/courses/c1').expect(200)).text;
    expect(student).toMatch(/<details class="section" open>\s*<summary><h3>First steps/);
    expect(student).toMatch(/<details class="section">\s*<summary><h3>More/);
    expect(student).toMatch(/<h3>Deep[\s\S]*Random/);
    expect(student).not.toContain('Other tasks');
    expect(student).not.toContain('Exam');
    expect(student).toContain('week1');
    expect((await get('/courses/c1', teacher)).text).toMatch(/Other tasks[\s\S]*Exam/);
    expect(student).not.toContain('for-students');
  });

  test('shows staff which tasks students do not see, or cannot hand in', async () => {
    await using dates = await copyOfCourse('c1');
    for (const [id, accessible] of [
      ['open', 'true'],
      ['unseen', 'false'],
      ['later', '2999-01-01 00:00:00/'],
      ['over', '2000-01-01 00:00:00/2001-01-01 00:00:00'],
    ])
      await dates.write(
        `${id}/task.yaml`,
        `accessible: "${accessible}"\nenvironment_id: default\nproblems: {q: {type: match, answer: a}}\n`,
      );
    const site = createApp({ ...house.deps, courses: openCourses([dates.folder]) });
    const ask = (path: string, who: typeof eve) =>
      request(site).get(path).set('Cookie', who.cookie).expect(200);
    const about = async (who: typeof eve) => {
      const rows: { id: string; forStudents: string | null }[] = (await ask('/api/courses/c1', who)).body
        .tasks;
      return Object.fromEntries(rows.map(({ id, forStudents }) => [id, forStudents]));
    };
    expect(await about(teacher)).toMatchObject({
      open: null,
      unseen: 'Students do not see it.',
      later: 'Opens for students at 2999-01-01 00:00 UTC.',
      over: 'Closed for students since 2001-01-01 00:00 UTC.',
    });
    const seen = await about(eve);
    expect(seen).toMatchObject({ open: null, over: null });
    expect(Object.keys(seen)).not.toContain('later');
    expect((await ask('/courses/c1', teacher)).text).toContain(
      'for-students">Opens for students at 2999-01-01',
    );
    expect((await ask('/courses/c1', eve)).text).not.toContain('for-students');
  });

  test.each([
    ['open', '', null],
    ['ends', '/2999-01-01 00:00:00', 'Open until 2999-01-01 00:00 UTC.'],
    [
      'soft',
      '/2998-01-01 00:00:00/2999-01-01 00:00:00',
      'Due at 2998-01-01 00:00 UTC; accepted until 2999-01-01 00:00 UTC.',
    ],
    [
      'late',
      '/2001-01-01 00:00:00/2999-01-01 00:00:00',
      'It was due at 2001-01-01 00:00 UTC; accepted until 2999-01-01 00:00 UTC.',
    ],
    ['softalone', '/2998-01-01 00:00:00/', 'Due at 2998-01-01 00:00 UTC; still accepted after that.'],
    ['latealone', '/2001-01-01 00:00:00/', 'It was due at 2001-01-01 00:00 UTC; still accepted.'],
    ['over', '/2001-01-01 00:00:00', null],
  ])('says before a deadline when it is, to all: %s', async (id, dates, deadline) => {
    await using dated = await copyOfCourse('c1');
    await dated.write(
      `${id}/task.yaml`,
      `accessible: "2000-01-01 00:00:00${dates}"\nenvironment_id: default\nproblems: {q: {type: match, answer: a}}\n`,
    );
    const site = createApp({ ...house.deps, courses: openCourses([dated.folder]) });
    for (const who of [eve, teacher]) {
      const ask = (path: string) => request(site).get(path).set('Cookie', who.cookie).expect(200);
      const rows: { id: string; deadline: string | null }[] = (await ask('/api/courses/c1')).body.tasks;
      expect(rows.find((row) => row.id === id)?.deadline).toBe(deadline);
      expect((await ask(`/api/courses/c1/tasks/${id}`)).body.deadline).toBe(deadline);
      const page = (await ask(`/courses/c1/tasks/${id}`)).text;
      expect(/<p class="notice deadline">(.*?)<\/p>/.exec(page)?.[1] ?? null).toBe(deadline);
      if (deadline !== null) expect((await ask('/courses/c1')).text).toContain(deadline);
    }
  });

  test.each([
    ['/course/c1', '/courses/c1'],
    ['/course/c1?lang=fr', '/courses/c1?lang=fr'],
    ['/course/c1/quiz', '/courses/c1/tasks/quiz'],
    ['/course/c1/quiz/', '/courses/c1/tasks/quiz'],
    ['/course/c1/a%2F..%2Fb?x=1', '/courses/c1/tasks/a%2F..%2Fb?x=1'],
    ['/course/%2Fevil.example', '/courses/%2Fevil.example'],
  ])('and its tasks are found at INGInious’ addresses: %s', async (old, now) => {
    await get(old).expect(302).expect('Location', now);
  });

  test('shows the pictures and files of a task wherever its words stand', async () => {
    const page = (await get('/courses/c1/tasks/old').expect(200)).text;
    const address = /href="([^"]*pic\.txt)"/.exec(page)?.[1] ?? '';
    expect((await get(address).expect(200)).text).toBe('a picture');
  });

  test('has remarks on its files, for staff', async () => {
    expect((await get('/courses/c1')).text).not.toContain('did you mean');
    const staff = (await get('/courses/c1', teacher)).text;
    expect(staff).toContain('11 remarks');
    expect(staff).toMatch(/c1\/course\.yaml:47:35<\/code> .*did you mean &quot;weight&quot;/);
  });

  test('tells the grade of it all, by the weights of its tasks; of a task whose last submission counts, the last', async () => {
    const { user, cookie } = await house.person('grades', 'student');
    for (const grade of [100, 50]) {
      house.time.now += 1000;
      const run = await house.grading.submit(user, taskAt('c1', 'quiz'), new Map());
      if (run.ok) await house.grading.finish(run.run, outcomeWith({ grade, verdict: 'failed' }));
    }
    const page = await request(app).get('/courses/c1').set('Cookie', cookie).expect(200);
    expect(page.text).toContain('50 %');
    // Weights: quiz 2, old 2, random 1.
    expect(page.text).toMatch(/<h2>Tasks <span class="grade">20 %/);
  });
});

describe('the language of a reader', () => {
  test('is what the address says, else the browser, else English', async () => {
    const title = async (path: string, accept = '') =>
      /<h1>(.*?)<\/h1>/.exec((await get(path).set('Accept-Language', accept).expect(200)).text)?.[1];
    const quiz = '/courses/c1/tasks/quiz';
    expect(await title(quiz)).toBe('Quiz');
    expect(await title(quiz, 'fr-BE,fr;q=0.9,en;q=0.8')).toBe('Interro');
    expect(await title(quiz, 'en,fr;q=0.9')).toBe('Quiz');
    expect(await title(`${quiz}?lang=fr`, 'en')).toBe('Interro');
    expect(await title(`${quiz}?lang=../../etc`, 'fr')).toBe('Interro');
    expect(await title(`${quiz}?lang=fr&lang=en`)).toBe('Quiz');
    expect((await get('/courses/c1?lang=fr')).text).toContain('Interro');
    expect((await get('/api/courses/c1/tasks/quiz?lang=fr')).body).toMatchObject({
      context: 'Trois questions.',
    });
  });

  test('is that of the answer on the page of a run, too', async () => {
    const { user, cookie } = await house.person('lectrice', 'student');
    const run = await house.grading.submit(user, taskAt('c1', 'quiz'), new Map([['one', '0']]));
    const path = `/runs/${run.ok ? run.run : ''}`;
    const answer = async (lang: string) =>
      /<code>(.*?)<\/code>/.exec(
        (await request(app).get(`${path}?lang=${lang}`).set('Cookie', cookie)).text,
      )?.[1];
    expect([await answer('en'), await answer('fr')]).toEqual(['right', 'juste']);
  });

  test('goes along with the form, when the address says it', async () => {
    expect((await get('/courses/c1/tasks/quiz?lang=fr')).text).toContain(
      'action="/courses/c1/tasks/quiz?lang&#x3D;fr"',
    );
  });
});

describe('a task of INGInious', () => {
  test('shows choices in the order that INGInious shows, by user name and language', async () => {
    const order = async (who: typeof eve, lang: string) => {
      const page = await get(`/api/courses/c1/tasks/quiz?lang=${lang}`, who);
      return page.body.problems[0].choices.map(({ index }: { index: string }) => index).join('');
    };
    // python3: random.Random("one#en#eve") and so on, over [right, right, wrong, wrong] with limit 3.
    expect(await order(eve, 'en')).toBe('312');
    expect(await order(teacher, 'fr')).toBe('203');
  });

  test('says how to ask, what is left of its limit, and shows a plugin’s problem as text', async () => {
    const old = (await get('/courses/c1/tasks/old').expect(200)).text;
    expect(old).toContain('3 of 3 submissions within 24 hours left.');
    expect(old).toContain('href="mailto:help@example.org?subject&#x3D;c1/old/eve"');
    const plugins = (await get('/courses/c1/tasks/plugins', teacher).expect(200)).text;
    expect(plugins).toContain('a problem of the kind “blockly”');
    expect(plugins).toContain('Put them together');
  });

  test('has the student’s numbers on it and sends them along', async () => {
    const page = (await get('/courses/c1/tasks/random').expect(200)).text;
    const numbers = /name="@random" value="(.*?)"/.exec(page)?.[1] ?? '';
    expect(JSON.parse(numbers)).toHaveLength(2);
    expect((await get('/api/courses/c1/tasks/random')).body.random).toEqual(JSON.parse(numbers));
    const answer = post('/courses/c1/tasks/random').field('answer.code', 'x');
    await answer.field('@random', numbers).expect(303);
    expect(house.grading.readings.at(-1)).toEqual({ lang: 'en', random: JSON.parse(numbers) });
    await post('/courses/c1/tasks/random').field('answer.code', 'x').field('@random', '[1,"x"]').expect(400);
  });
});
