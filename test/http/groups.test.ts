/** The groups of a course: its page, its API, and who may do what with them. */
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepTeam } from '../../server/people/teams.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse, EVIL, taskNamed } from '../support/http/course.ts';
import { type House, openHouse } from '../support/http/house.ts';
import { sampleRun, sampleUser } from '../support/store/samples.ts';

let house: House;
let app: ReturnType<typeof createApp>;
let byStudents = false;
type Person = Awaited<ReturnType<House['person']>>;
let [tess, ada, bob, eve, out]: Person[] = [];

beforeAll(async () => {
  house = await openHouse();
  const courses = catalogueOf([demoCourse()]);
  const together = { ...demoCourse(), tasks: [taskNamed('together', { groups: true })] };
  const get = async (id: string) => (id === 'c1' ? { ...together, groupsByStudents: byStudents } : null);
  app = createApp({ ...house.deps, courses: { ...courses, get } });
  tess = await house.person('tess', 'teacher');
  [ada, bob, eve] = [
    await house.person('ada', 'student'),
    await house.person('bob', 'student'),
    await house.person('eve', 'student'),
  ];
  out = await house.person('out', null);
});
afterAll(() => house.close());

const as = (who: Person | undefined) => {
  if (!who) throw new Error('nobody');
  const send = (method: 'get' | 'post' | 'put' | 'patch' | 'delete') => (path: string) =>
    request(app)[method](path).set('Cookie', who.cookie);
  return {
    get: send('get'),
    post: send('post'),
    put: send('put'),
    patch: send('patch'),
    delete: send('delete'),
  };
};
const API = '/api/courses/c1/groups';
const PAGE = '/courses/c1/groups';
const made = async (name: string, size = 2): Promise<string> =>
  (await as(tess).post(API).send({ name, size }).expect(201)).body.id;

describe('the groups of a course', () => {
  test('are made, filled, renamed and dissolved by its staff', async () => {
    const id = await made('Red');
    await as(tess).put(`${API}/${id}/members/ada`).expect(200);
    const changed = await as(tess).patch(`${API}/${id}`).send({ name: 'Blue', size: 3 }).expect(200);
    expect(changed.body).toEqual({ id, name: 'Blue', size: 3, taken: 1, own: false, members: ['ada'] });
    const list = await as(tess).get(API).expect(200);
    expect(list.body).toEqual({ mayChoose: false, groups: [changed.body], without: ['bob', 'eve'] });
    await as(tess).delete(`${API}/${id}/members/ada`).expect(200);
    await as(tess).delete(`${API}/${id}`).expect(204);
    expect((await as(tess).get(API)).body.groups).toEqual([]);
  });

  test('refuse what cannot be, with a sentence', async () => {
    const id = await made('Full', 1);
    const other = await made('Other', 1);
    await as(tess).put(`${API}/${id}/members/ada`).expect(200);
    await as(tess).put(`${API}/${id}/members/ada`).expect(200);
    const refusal = async (name: string, group = id) =>
      (await as(tess).put(`${API}/${group}/members/${name}`).expect(409)).body.error;
    expect(await refusal('bob')).toBe('Group "Full" is full: it has room for 1.');
    expect(await refusal('ada', other)).toBe('"ada" is in group "Full", and has to leave it first.');
    expect(await refusal('out')).toBe('"out" is not a student of this course.');
    expect(await refusal('tess')).toBe('"tess" is not a student of this course.');
    expect(await refusal('ghost')).toBe('"ghost" is not a student of this course.');
    expect((await as(tess).post(API).send({ name: 'full', size: 1 }).expect(409)).body.error).toContain(
      '"Full"',
    );
    await as(tess).post(API).send({ name: ' ', size: 1 }).expect(400);
    await as(tess).post(API).send({ name: 'x', size: 101 }).expect(400);
    await as(tess).patch(`${API}/${id}`).send({ size: 0 }).expect(400);
    await as(tess).patch(`${API}/none`).send({ size: 2 }).expect(404);
    for (const group of [id, other]) await as(tess).delete(`${API}/${group}`).expect(204);
  });

  test('do not tell staff of a course which sign-in names exist elsewhere', async () => {
    await house.store.users.insert(sampleUser('id-far', { name: 'far', roles: { other: 'student' } }));
    await house.store.users.insert(sampleUser('id-root', { name: 'root9', operator: true, roles: {} }));
    const id = await made('Names');
    const answers = await Promise.all(
      ['far', 'FAR', ' far', 'fa\u0301r', 'root9', 'ghost', '__proto__', 'x'.repeat(199)].flatMap((name) =>
        (['put', 'delete'] as const).map(async (method) => {
          const { status, body } = await as(tess)[method](`${API}/${id}/members/${encodeURIComponent(name)}`);
          return `${status} ${String(body.error).replace(name, 'NAME')}`;
        }),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['409 "NAME" is not a student of this course.']));
    for (const name of ['far', 'ghost']) await as(tess).put(`${API}/none/members/${name}`).expect(404);
    await as(tess).delete(`${API}/${id}`).expect(204);
  });

  test('never overflow, nor share a student, when many come at once', async () => {
    byStudents = true;
    const [one, two] = [await made('One', 2), await made('Two', 2)];
    await Promise.all(
      [ada, bob, eve].flatMap((who) =>
        [one, two].map((group) => as(who).put(`${API}/${group}/members/${who?.user.name}`)),
      ),
    );
    const { groups } = (await as(tess).get(API)).body;
    const members = groups.flatMap((group: { members: string[] }) => group.members);
    expect(members.toSorted()).toEqual(['ada', 'bob', 'eve']);
    expect(Math.max(...groups.map((group: { taken: number }) => group.taken))).toBeLessThanOrEqual(2);
    for (const group of [one, two]) await as(tess).delete(`${API}/${group}`).expect(204);
    byStudents = false;
  });

  test('are changed only by staff, and are no business of strangers', async () => {
    const id = await made('Red');
    for (const who of [ada, out]) {
      const status = who === out ? 404 : 403;
      await as(who).post(API).send({ name: 'Mine', size: 2 }).expect(status);
      await as(who).patch(`${API}/${id}`).send({ name: 'Mine' }).expect(status);
      await as(who).delete(`${API}/${id}`).expect(status);
      await as(who).put(`${API}/${id}/members/ada`).expect(status);
      await as(who).delete(`${API}/${id}/members/ada`).expect(status);
      await as(who).post(PAGE).type('form').send({ name: 'Mine', size: 2 }).expect(status);
      await as(who).post(`${PAGE}/${id}/dissolve`).expect(status);
      await as(who).post(`${PAGE}/${id}/enter`).type('form').send({ name: 'ada' }).expect(status);
    }
    await as(out).get(API).expect(404);
    await as(out).get(PAGE).expect(404);
    await request(app).get(API).expect(401);
    await request(app).post(`${PAGE}/${id}/dissolve`).expect(401);
    await as(tess).post(`${PAGE}/${id}/dissolve`).set('Origin', 'https://evil.example').expect(403);
    await as(tess).delete(`${API}/${id}`).expect(204);
  });

  test('let students in and out where the course says so, but only themselves', async () => {
    const id = await made('Red');
    byStudents = true;
    await as(ada).put(`${API}/${id}/members/bob`).expect(403);
    await as(ada).put(`${API}/${id}/members/ada`).expect(200);
    await as(bob).delete(`${API}/${id}/members/ada`).expect(403);
    const page = (await as(bob).get(PAGE).expect(200)).text;
    expect(page).toContain('ADA');
    expect(page).toContain('aria-label="Join Red"');
    expect(page).not.toContain('Dissolve');
    await as(bob).post(`${PAGE}/${id}/enter`).type('form').send({ name: 'bob' }).expect(303);
    const full = await as(eve).post(`${PAGE}/${id}/enter`).type('form').send({ name: 'eve' }).expect(409);
    expect(full.text).toContain('is full: it has room for 2.');
    await as(bob).post(`${PAGE}/${id}/leave`).type('form').send({ name: 'bob' }).expect(303);
    byStudents = false;
    await as(ada).delete(`${API}/${id}/members/ada`).expect(403);
    await as(tess).delete(`${API}/${id}`).expect(204);
  });

  test('show a student the own group only, where the teacher decides; names are no markup', async () => {
    const [mine, theirs] = [await made(`Red ${EVIL}`), await made('Blue')];
    await as(tess).put(`${API}/${mine}/members/ada`).expect(200);
    await as(tess).put(`${API}/${theirs}/members/bob`).expect(200);
    const { groups, without } = (await as(ada).get(API).expect(200)).body;
    expect(without).toBeUndefined();
    expect(groups).toMatchObject([
      { name: 'Blue', members: null, taken: 1 },
      { own: true, members: ['ada'] },
    ]);
    const page = (await as(ada).get(PAGE).expect(200)).text;
    expect(page).not.toContain('BOB');
    expect(page).not.toContain('<script>alert');
    expect((await as(tess).get(PAGE)).text).not.toContain('<script>alert');
    for (const group of [mine, theirs]) await as(tess).delete(`${API}/${group}`).expect(204);
  });
});

describe('a task of groups', () => {
  test('tells one without a group what to do, and one with a group which it is', async () => {
    const task = '/courses/c1/tasks/together';
    const page = (await as(ada).get(task).expect(200)).text;
    expect(page).toContain('you are in none');
    expect(page).toContain(`href="${PAGE}"`);
    expect(page).toMatch(/id="submit" type="submit" disabled/);
    expect((await as(ada).get(`/api${task}`)).body).toMatchObject({
      groups: true,
      group: null,
      closed: expect.stringContaining('you are in none'),
    });
    const id = await made('Red');
    await as(tess).put(`${API}/${id}/members/ada`).expect(200);
    const now = (await as(ada).get(task).expect(200)).text;
    expect(now).toContain('Yours is <strong>Red</strong>');
    expect(now).not.toMatch(/id="submit" type="submit" disabled/);
    expect((await as(ada).get(`/api${task}`)).body).toMatchObject({ group: 'Red', closed: null });
    expect((await as(tess).get(task)).text).not.toMatch(/id="submit" type="submit" disabled/);
    await as(tess).delete(`${API}/${id}`).expect(204);
  });

  test('shows its runs and submissions to the team and to staff, on every way', async () => {
    const team = { group: 'g', name: 'Red', by: 'id-bob', members: ['id-ada', 'id-bob'] };
    const common = { course: 'c1', task: 'together', userId: 'team-1', team };
    const at = '2026-11-20T10:00:00.000Z';
    await keepTeam(house.store, common);
    await house.store.submissions.insert({ id: 's1', ...common, at, answers: { q1: 'x' }, attempt: 0 });
    await house.store.runs.insert(sampleRun('r1', { submission: 's1', ...common, queuedAt: at }));
    const shown = { student: 'ada,bob', group: 'Red' };
    for (const who of [ada, bob, tess]) {
      expect((await as(who).get('/api/runs/r1').expect(200)).body).toMatchObject(shown);
      expect((await as(who).get('/api/submissions/s1').expect(200)).body).toMatchObject(shown);
      expect((await as(who).get('/runs/r1').expect(200)).text).toContain('Red: ADA, BOB');
    }
    for (const who of [eve, out]) {
      await as(who).get('/api/runs/r1').expect(404);
      await as(who).get('/api/submissions/s1').expect(404);
      await as(who).get('/runs/r1').expect(404);
      await as(who).post('/runs/r1/kill').expect(404);
      await as(who).post('/api/runs/r1/kill').expect(404);
    }
    const list = '/api/courses/c1/tasks/together/submissions';
    expect((await as(ada).get(list)).body).toMatchObject([{ id: 's1', ...shown }]);
    expect((await as(eve).get(list)).body).toEqual([]);
    expect((await as(tess).get(`${list}?user=bob`)).body).toMatchObject([{ id: 's1' }]);
    expect((await as(tess).get(`${list}?user=eve`)).body).toEqual([]);
    expect((await as(ada).get('/courses/c1/tasks/together')).text).toContain('/runs/r1');
    await as(ada).post('/api/runs/r1/kill').expect(200, { killed: true, how: 'stopped' });
  });
});
