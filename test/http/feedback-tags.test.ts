/** The tags of a course on the pages of runs: their names, what they mean, and whom they are shown to. */
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import type { Course, CourseTag } from '../../server/courses/task.ts';
import { createApp } from '../../server/site/app.ts';
import { showTo } from '../../server/site/live/run-story.ts';
import { ENGLISH } from '../../web/languages.ts';
import { catalogueOf, demoCourse } from '../support/http/course.ts';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { sharedHouse } from '../support/http/house.ts';

const tag = (id: string, kind: CourseTag['kind'], visible: boolean): CourseTag => ({
  id,
  kind,
  visible,
  name: `Name of ${id}`,
  description: `About ${id}`,
});
const tags = [
  tag('loops', 'skill', true),
  tag('secret', 'skill', false),
  tag('off-by-one', 'misconception', true),
  tag('not-found', 'misconception', true),
];
const report = {
  text: '',
  problems: {},
  custom: {},
  state: '',
  tests: { loops: true, secret: false, 'off-by-one': true, 'not-found': false, plain: false },
};
const course: Course = { ...demoCourse(), tags };

const house = await sharedHouse();
const app = createApp({ ...house.deps, courses: catalogueOf([course]) });
const eve = await house.person('eve', 'student');
const teacher = await house.person('tess', 'teacher');
const submitted = await house.grading.submit(eve.user, taskAt('c1', 'hello'), new Map([['q1', 'x']]));
const run = submitted.ok ? submitted.run : '';
await house.grading.finish(run, outcomeWith({ report }));

const page = async (who: typeof eve) =>
  (await request(app).get(`/runs/${run}`).set('Cookie', who.cookie).expect(200)).text;

describe('a tag of the course', () => {
  test('has its name and says what it is about', async () => {
    const text = await page(eve);
    expect(text).toMatch(/Name of loops<\/span>\s*<span class="pill good">Passed/);
    expect(text).toContain('About loops');
    expect(text).toMatch(/plain<\/span>\s*<span class="pill bad">Failed/);
  });

  test('that names a mistake is shown where the mistake was found', async () => {
    const text = await page(eve);
    expect(text).toMatch(/Name of off-by-one<\/span>\s*<span class="pill bad">Mistake found/);
    expect(text).not.toContain('not-found');
  });

  test('that is not visible is for staff: on the page, live and in the API', async () => {
    expect(await page(eve)).not.toContain('secret<');
    expect(await page(teacher)).toContain('Name of secret');
    const testsOf = async (who: typeof eve) =>
      (await request(app).get(`/api/runs/${run}`).set('Cookie', who.cookie)).body.outcome.report.tests;
    expect(Object.keys(await testsOf(eve))).toEqual(['loops', 'off-by-one', 'not-found', 'plain']);
    expect(await testsOf(teacher)).toEqual(report.tests);
    const step = { seq: 1, attempt: 1, at: '', type: 'feedback', report } as const;
    const live = async (staff: boolean) => {
      const sent: unknown[] = [];
      const reader = showTo({ staff, task: null, tags, t: ENGLISH.t }, (_run, shown) => sent.push(shown));
      reader(run, step);
      await reader.sent();
      return JSON.stringify(sent);
    };
    expect(await live(false)).not.toContain('secret');
    expect(await live(true)).toContain('Name of secret');
  });
});
