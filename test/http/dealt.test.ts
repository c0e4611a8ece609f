/** A task that a student was not dealt is none for them, on every way. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse, taskNamed } from '../support/http/course.ts';
import { type House, openHouse } from '../support/http/house.ts';

let house: House;
let app: ReturnType<typeof createApp>;
let [ada, tess]: Awaited<ReturnType<House['person']>>[] = [];
beforeAll(async () => {
  house = await openHouse();
  const folder = join(house.folder, 'other');
  await mkdir(join(folder, 'public'), { recursive: true });
  await writeFile(join(folder, 'public', 'hint.txt'), 'hint');
  // ada is dealt "a" of this section.
  const tasks = [...'abcd'].map((id) => taskNamed(id, { folder }));
  const deals = [{ title: 'Loops', amount: 1, tasks: ['a', 'b', 'c', 'd'] }];
  app = createApp({ ...house.deps, courses: catalogueOf([{ ...demoCourse(), tasks, deals }]) });
  [ada, tess] = [await house.person('ada', 'student'), await house.person('tess', 'teacher')];
});
afterAll(() => house.close());

const get = (path: string, who: typeof ada) =>
  request(app)
    .get(path)
    .set('Cookie', who?.cookie ?? '');

test.each([
  ['its page', '/courses/c1/tasks/X'],
  ['the API', '/api/courses/c1/tasks/X'],
  ['its submissions', '/api/courses/c1/tasks/X/submissions'],
  ['its files', '/course/c1/X/hint.txt'],
])('%s', async (_, path) => {
  await get(path.replace('X', 'a'), ada).expect(200);
  await get(path.replace('X', 'b'), ada).expect(404);
  await get(path.replace('X', 'b'), tess).expect(200);
});

test('its form, and the lists of tasks', async () => {
  const submit = (task: string) =>
    request(app)
      .post(`/api/courses/c1/tasks/${task}/submissions`)
      .set('Cookie', ada?.cookie ?? '')
      .send({ answers: { q1: 'x' } });
  await submit('b').expect(404);
  await submit('a').expect(202);
  const ids = async (who: typeof ada) =>
    (await get('/api/courses/c1', who)).body.tasks.map(({ id }: { id: string }) => id);
  expect(await ids(ada)).toEqual(['a']);
  expect(await ids(tess)).toEqual(['a', 'b', 'c', 'd']);
  expect((await get('/courses/c1', ada)).text).not.toContain('/courses/c1/tasks/b');
  expect((await get('/api/courses', ada)).body).toMatchObject([{ tasks: 1 }]);
});
