/** Which submission's grade counts, on the pages of its task and its course. */
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import type { Course } from '../../server/courses/task.ts';
import type { Outcome } from '../../server/model/collections.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse, taskNamed } from '../support/http/course.ts';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { type House, sharedHouse } from '../support/http/house.ts';

const course: Course = {
  ...demoCourse(),
  tasks: [
    taskNamed('best'),
    taskNamed('last', { evaluate: 'last' }),
    taskNamed('few', { storedSubmissions: 2 }),
  ],
};
const house = await sharedHouse();
const app = createApp({ ...house.deps, courses: catalogueOf([course]) });

type Person = Awaited<ReturnType<House['person']>>;
async function graded({ user }: Person, task: string, outcomes: Partial<Outcome>[]): Promise<string[]> {
  const runs: string[] = [];
  for (const outcome of outcomes) {
    house.time.now += 1000;
    const result = await house.grading.submit(user, taskAt('c1', task), new Map([['q1', 'x']]));
    if (!result.ok) throw new Error('refused');
    await house.grading.finish(result.run, outcomeWith(outcome));
    runs.push(result.run);
  }
  return runs;
}
const page = async (path: string, { cookie }: Person) =>
  (await request(app).get(path).set('Cookie', cookie).expect(200)).text;
/** The runs that the page of a task lists, and the one that it marks. */
async function listed(task: string, who: Person) {
  const text = await page(`/courses/c1/tasks/${task}`, who);
  const rows = [...text.matchAll(/<li class="row">[\s\S]*?<\/li>/g)].map(([row]) => row);
  const idOf = (row: string) => /href="\/runs\/([^"]+)"/.exec(row)?.[1];
  return { text, runs: rows.map(idOf), counts: rows.filter((row) => row.includes('Counts')).map(idOf) };
}
const rows = async ({ cookie }: Person) => {
  const { body } = await request(app).get('/api/courses/c1').set('Cookie', cookie).expect(200);
  return Object.fromEntries(
    body.tasks.map(({ id, status, grade }: Record<string, string>) => [id, [status, grade]]),
  );
};

describe('the submission that counts', () => {
  test('is the best one, and of equals the newer', async () => {
    const who = await house.person('best', 'student');
    const runs = await graded(who, 'best', [
      { grade: 60, verdict: 'failed' },
      { grade: 60, verdict: 'failed' },
      { grade: 10, verdict: 'failed' },
    ]);
    const { text, counts } = await listed('best', who);
    expect(counts).toEqual([runs[1]]);
    expect(text).toContain('Your best submission counts.');
    expect((await rows(who))['best']).toEqual(['tried', 60]);
  });

  test('is the last one where the task says so, also to be solved', async () => {
    const who = await house.person('last', 'student');
    const runs = await graded(who, 'last', [{ grade: 100 }, { grade: 20, verdict: 'failed' }]);
    const { text, counts } = await listed('last', who);
    expect(counts).toEqual([runs[1]]);
    expect(text).toContain('Your last submission counts.');
    expect((await rows(who))['last']).toEqual(['tried', 20]);
    expect(await page('/courses', who)).toContain('0 of 3 tasks solved');
    await graded(who, 'last', [{ grade: 90 }]);
    expect((await rows(who))['last']).toEqual(['solved', 90]);
    expect(await page('/courses', who)).toContain('1 of 3 tasks solved');
  });

  test('is never one that failed by our fault', async () => {
    const who = await house.person('unlucky', 'student');
    const runs = await graded(who, 'last', [{ grade: 80 }, { grade: 0, verdict: 'system-error' }]);
    expect((await listed('last', who)).counts).toEqual([runs[0]]);
    expect((await rows(who))['last']).toEqual(['solved', 80]);
  });

  test('is listed however old it is, where a task lists only a few', async () => {
    const who = await house.person('few', 'student');
    const grades = [100, 10, 20, 30];
    const runs = await graded(
      who,
      'few',
      grades.map((grade) => ({ grade, verdict: grade === 100 ? 'success' : 'failed' })),
    );
    const seen = await listed('few', who);
    expect(seen.runs).toEqual([runs[3], runs[2], runs[0]]);
    expect(seen.counts).toEqual([runs[0]]);
    expect(seen.text).toContain('Listed are the last 2 and the one that counts.');
  });

  test('is no debug run of a teacher', async () => {
    const who = await house.person('tess', 'teacher');
    const [own = ''] = await graded(who, 'best', [{ grade: 30, verdict: 'failed' }]);
    const debug = await house.grading.debug(who.user, own);
    await house.grading.finish(debug, outcomeWith({ grade: 100 }));
    expect((await rows(who))['best']).toEqual(['tried', 30]);
    expect((await listed('best', who)).counts).toEqual([own]);
    expect(await page('/courses', who)).toContain('0 of 3 tasks solved');
  });
});
