import { expect, test } from 'vitest';
import { randomNumbers } from '../../../server/courses/random-numbers.ts';

const task = (count: number, regenerate = false) => ({
  id: '_math',
  course: 'algo',
  random: { count, regenerate },
});

test('a student’s numbers are those that INGInious gives: Python’s, of user name, task and course', () => {
  // python3: r = random.Random("bob02_mathalgo"); [r.random(), r.random()]
  expect(randomNumbers(task(2), 'bob02', 0)).toEqual([0.844344870816284, 0.8936536082433353]);
});

test('they stay the same, whatever the student hands in', () => {
  expect(randomNumbers(task(2), 'ada', 7)).toEqual(randomNumbers(task(2), 'ada', 0));
  expect(randomNumbers(task(0), 'ada', 0)).toEqual([]);
});

test('where they are to be made anew, they are others after each submission, and only then', () => {
  const at = (attempt: number) => randomNumbers(task(3, true), 'ada', attempt);
  expect(at(0)).toEqual(at(0));
  expect(at(1)).not.toEqual(at(0));
});
