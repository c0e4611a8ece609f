/** Revisions over HTTP: who may see and change what, for people and for programs. */
import request from 'supertest';
import { describe, expect, test, vi } from 'vitest';
import { failing } from '../support/environments/revision-house.ts';
import { digestOf } from '../support/environments/scripted-engine.ts';
import { sharedHouse } from '../support/http/house.ts';

const [A, B] = [digestOf('a'), digestOf('b')];
const TAG = 'gradeport/default:latest';
const EVIL = '<script>alert(1)</script>';
const house = await sharedHouse();
const { engine, environments, samples, revisions } = house.history;
const other = await house.person('tom', 'student');
await house.store.users.update({ id: other.user.id }, { $set: { roles: { c2: 'teacher' } } });
const cookies = {
  operator: (await house.person('olga', null, true)).cookie,
  teacher: (await house.person('tea', 'teacher')).cookie,
  other: other.cookie,
  student: (await house.person('stu', 'student')).cookie,
};
for (const letter of ['a', 'b']) {
  engine.build(letter, TAG, { 'org.gradeport.grading.name': 'default' });
  await environments.refresh();
}
const task = { course: 'c1', task: 'hello' };
samples.set(B, [{ ...failing, task, sample: EVIL, differences: [`got ${EVIL}`] }]);
await revisions.test('default', B);

const get = (who: keyof typeof cookies, path: string) =>
  request(house.app).get(path).set('Cookie', cookies[who]);
const post = (who: keyof typeof cookies, verb: string, body: object) =>
  request(house.app).post(`/api/environments/default/${verb}`).set('Cookie', cookies[who]).send(body);
const form = (who: keyof typeof cookies, verb: string, body: Record<string, string>) =>
  request(house.app)
    .post(`/environments/default/${verb}`)
    .type('form')
    .set('Cookie', cookies[who])
    .send(body);

describe('the history', () => {
  test('is for teachers and operators', async () => {
    const { body } = await get('teacher', '/api/environments/default/revisions').expect(200);
    expect(body).toMatchObject([
      { digest: B, state: 'held', hidden: 0, test: { cases: [{ before: { grade: 100 }, grade: 50 }] } },
      { digest: A, state: 'current' },
    ]);
    await get('student', '/api/environments/default/revisions').expect(403);
    await request(house.app).get('/api/environments/default/revisions').expect(401);
    await get('teacher', '/api/environments/none/revisions').expect(404);
    expect((await get('student', '/environments/default').expect(200)).text).not.toContain('id="revisions"');
  });

  test('names the runs that a revision graded to operators only', async () => {
    const path = `/api/environments/default/revisions/${A}/runs`;
    expect((await get('operator', path).expect(200)).body).toEqual([]);
    await get('operator', `${path}?limit=0`).expect(400);
    await get('teacher', path).expect(403);
  });

  test('says of the samples of other people’s courses only how many changed', async () => {
    const { body } = await get('other', '/api/environments/default/revisions').expect(200);
    expect(body[0]).toMatchObject({ hidden: 1, test: { cases: [] } });
    const { text } = await get('other', '/environments/default').expect(200);
    expect(text).toContain('1 more sample of other courses has an unexpected result.');
    expect(text).not.toContain('c1: hello');
  });

  test('shows each changed sample with what it was before, and no markup of it', async () => {
    const { text } = await get('operator', '/environments/default').expect(200);
    expect(text).toContain('<del>success, 100 %</del>');
    expect(text).toContain('<ins>failed, 50 %</ins>');
    expect(text).toContain('Held back');
    expect(text).not.toContain('<script>alert');
  });
});

describe('changing what grades', () => {
  test.each(['promote', 'rollback', 'pin', 'unpin'])('%s is for operators', async (verb) => {
    const body = { digest: B, course: 'c1', task: 'hello' };
    await post('teacher', verb, body).expect(403);
    await form('student', verb, { digest: B, task: 'c1/hello' }).expect(403);
    expect(house.history.environments.find('default')?.digest).toBe(A);
  });

  test('a held update is refused without force, and promoted with it; rolling back is one request', async () => {
    const refused = await post('operator', 'promote', { digest: B }).expect(409);
    expect(refused.body.error).toContain('--force');
    await post('operator', 'promote', { digest: B, force: 'yes' }).expect(400);
    const { body } = await post('operator', 'promote', { digest: B, force: true }).expect(200);
    expect(body).toMatchObject({ digest: B, state: 'current', promotedBy: 'olga' });
    const back = await post('operator', 'rollback', {}).expect(200);
    expect(back.body).toMatchObject({ digest: A, state: 'current' });
  });

  test('works by forms without script, which lead back to the history', async () => {
    await form('operator', 'promote', { digest: B }).expect(409);
    await form('operator', 'promote', { digest: B, force: 'yes' }).expect(303);
    expect(house.history.environments.find('default')?.digest).toBe(B);
    const answer = await form('operator', 'rollback', { digest: A }).expect(303);
    expect(answer.headers['location']).toBe('/environments/default#revisions');
    expect(house.history.environments.find('default')?.digest).toBe(A);
  });

  test('a form of another site changes nothing', async () => {
    const strange = form('operator', 'promote', { digest: B, force: 'yes' }).set(
      'Origin',
      'https://evil.example',
    );
    await strange.expect(403);
    expect(house.history.environments.find('default')?.digest).toBe(A);
  });

  test('pins a task and takes the pin away', async () => {
    await form('operator', 'pin', { digest: B, task: 'c1/hello' }).expect(303);
    const task = { course: 'c1', id: 'hello' };
    expect(house.history.environments.find('default', task)?.digest).toBe(B);
    expect((await get('operator', '/environments/default').expect(200)).text).toContain('c1/hello');
    const { body } = await post('operator', 'unpin', { course: 'c1', task: 'hello' }).expect(200);
    expect(body).toEqual({ wasPinned: true });
    await post('operator', 'pin', { course: 'c1', task: 'quiz' }).expect(404);
    await form('operator', 'pin', { digest: B, task: 'hello' }).expect(400);
  });
});

describe('running samples', () => {
  test('is a job that teachers may start and follow; its log names no sample to them', async () => {
    const { body } = await post('teacher', 'test', { digest: B }).expect(202);
    await vi.waitFor(async () => {
      const job = await get('teacher', `/api/jobs/${body.id}`).expect(200);
      expect(job.body).toMatchObject({ kind: 'test', state: 'done', by: 'tea' });
    });
    expect(house.jobs.log(body.id)).toEqual([]);
    await post('student', 'test', { digest: B }).expect(403);
    const page = await form('teacher', 'test', { digest: B }).expect(303);
    expect(page.headers['location']).toMatch(/^\/jobs\//);
  });

  test('is for three at a time of one teacher, so that others need not wait', async () => {
    await expect.poll(() => house.jobs.list().every(({ endedAt }) => endedAt !== null)).toBe(true);
    const release = house.history.holdSamples();
    for (let one = 0; one < 3; one++) await post('teacher', 'test', { digest: B }).expect(202);
    const { body } = await post('teacher', 'test', { digest: B }).expect(503);
    expect(body.error).toContain('3 jobs of yours are not over yet');
    await form('teacher', 'test', { digest: B }).expect(503);
    for (let one = 0; one < 4; one++) await post('operator', 'test', { digest: B }).expect(202);
    release();
    await expect.poll(() => house.jobs.list().every(({ endedAt }) => endedAt !== null)).toBe(true);
  });
});
