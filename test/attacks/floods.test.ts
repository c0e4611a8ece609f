/** Many requests at once from one student: one submission is graded, and no other student waits. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiUser } from '../support/api.ts';
import { type Ground, openGround } from '../support/attacks/server-under-attack.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const SLOW = { code: 'import time\ntime.sleep(3)\ndef total(numbers): return 0' };
const flood = (as: ApiUser, count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      ground.json('/api/courses/demo/tasks/python-sum/submissions', { answers: SLOW }, as),
    ),
  );
const taken = (answers: readonly Response[]) => answers.filter(({ status }) => status === 202).length;

test('the same submission twice at once is taken once', async () => {
  expect(taken(await flood(ground.eve, 2))).toBe(1);
});
test('of 500 submissions at once one is graded at a time', async () => {
  const begun = performance.now();
  const count = taken(await flood(ground.victim, 500));
  // They take turns, and each that is graded takes three seconds.
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(1 + Math.floor((performance.now() - begun) / 3000));
});

test('a flood is refused politely, and meanwhile others are served', async () => {
  const [answers, quiz] = await Promise.all([
    flood(ground.eve, 200),
    ground.json(
      '/api/courses/demo/tasks/quiz/submissions',
      { answers: { stack: '0', exits: ['0'], limits: '5' } },
      ground.victim,
    ),
  ]);
  expect(
    answers.map(({ status }) => status).filter((status) => ![202, 409, 429, 503].includes(status)),
  ).toEqual([]);
  expect([202, 422]).toContain(quiz.status);
});
