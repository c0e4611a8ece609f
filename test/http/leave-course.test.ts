/** Leaving a course, and coming back. */
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGroups } from '../../server/people/groups.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse, EVIL } from '../support/http/course.ts';
import { taskAt } from '../support/http/grading.ts';
import { type House, openHouse } from '../support/http/house.ts';

let house: House;
let app: ReturnType<typeof createApp>;
let leavable = true;
beforeAll(async () => {
  house = await openHouse();
  const course = () => ({ ...demoCourse(), name: `One ${EVIL}`, leavable });
  const courses = {
    ...catalogueOf([]),
    list: async () => [course()],
    get: async (id: string) => (id === 'c1' ? course() : null),
  };
  app = createApp({ ...house.deps, courses });
});
afterAll(() => house.close());

type Person = Awaited<ReturnType<House['person']>>;
const get = (path: string, { cookie }: Person) => request(app).get(path).set('Cookie', cookie);
const post = (verb: string, { cookie }: Person, course = 'c1') =>
  request(app).post(`/courses/${course}/${verb}`).set('Cookie', cookie);

describe('a student', () => {
  test('leaves a course and its groups, keeps what was graded, and comes back', async () => {
    const ada = await house.person('ada', 'student');
    const groups = createGroups(house.store, () => 0);
    const { id } = await groups.create('c1', { name: 'Red', size: 2 });
    await groups.add('c1', id, ada.user);
    const result = await house.grading.submit(ada.user, taskAt('c1', 'hello'), new Map([['q1', 'x']]));
    const run = result.ok ? result.run : '';
    expect((await get('/courses/c1', ada)).text).toContain('action="/courses/c1/leave"');
    await post('leave', ada).expect(303).expect('Location', '/courses');
    await get('/courses/c1', ada).expect(404);
    await get(`/runs/${run}`, ada).expect(200);
    expect((await groups.get('c1', id)).members).toEqual([]);
    const list = (await get('/courses', ada)).text;
    expect(list).toContain('action="/courses/c1/come-back"');
    expect(list).not.toContain('<script>alert');
    await post('come-back', ada).expect(303).expect('Location', '/courses/c1');
    await get('/courses/c1', ada).expect(200);
    expect((await get('/courses', ada)).text).not.toContain('come-back');
    await post('come-back', ada).expect(404);
  });

  test('does not come back when somebody else took them out, before or since', async () => {
    const bob = await house.person('bob', 'student');
    await house.users.setRole(bob.user.id, 'c1', null);
    await post('come-back', bob).expect(404);
    await house.users.setRole(bob.user.id, 'c1', 'student');
    await post('leave', bob).expect(303);
    await house.users.setRole(bob.user.id, 'c1', null);
    await post('come-back', bob).expect(404);
    for (const id of ['none', '__proto__', 'constructor']) await post('come-back', bob, id).expect(404);
  });

  test('stays where the course says so; staff and strangers leave nothing', async () => {
    const [eve, tess, out] = [
      await house.person('eve', 'student'),
      await house.person('tess', 'teacher'),
      await house.person('out', null),
    ];
    await post('leave', tess).expect(403);
    await post('leave', out).expect(404);
    await post('leave', eve).set('Origin', 'https://evil.example').expect(403);
    leavable = false;
    await post('leave', eve).expect(403);
    expect((await get('/courses/c1', eve)).text).not.toContain('/leave"');
    leavable = true;
    expect((await get('/courses/c1', tess)).text).not.toContain('/leave"');
  });
});
