import { describe, expect, test } from 'vitest';
import { shownChoices } from '../../../server/courses/choices.ts';
import type { ChoiceProblem } from '../../../server/courses/task.ts';

const choices = [...'abcdefgh'].map((text, index) => ({ text, valid: index < 2, feedback: '' }));
const problem: ChoiceProblem = {
  id: 'q',
  name: '',
  header: '',
  type: 'multiple_choice',
  choices,
  multiple: true,
  limit: 0,
  shuffle: true,
  centralize: false,
  errorMessage: '',
  successMessage: '',
};
const seeds = Array.from({ length: 200 }, (_, index) => `student-${index}`);
const indexes = (given: Partial<ChoiceProblem>, seed: string) =>
  shownChoices({ ...problem, ...given }, seed).map(({ index }) => index);

describe('the choices that are shown', () => {
  test('are the same for the same student, and others see other orders', () => {
    expect(indexes({}, 'ada')).toEqual(indexes({}, 'ada'));
    expect(new Set(seeds.map((seed) => indexes({}, seed).join())).size).toBeGreaterThan(150);
    expect(indexes({}, 'ada').toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('keep the order of the file when they are not shuffled', () => {
    for (const seed of seeds) {
      const shown = indexes({ shuffle: false, limit: 4 }, seed);
      expect(shown).toEqual(shown.toSorted());
    }
    expect(indexes({ shuffle: false }, 'ada')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('with a limit have every right one where several may be chosen, one where one may', () => {
    for (const seed of seeds) {
      const several = indexes({ limit: 4 }, seed);
      expect(several).toHaveLength(4);
      expect(several).toEqual(expect.arrayContaining([0, 1]));
      const one = indexes({ limit: 4, multiple: false }, seed);
      expect(one).toHaveLength(4);
      expect(one.filter((index) => index < 2)).toHaveLength(1);
    }
  });

  test('put each choice first about equally often', () => {
    const first = seeds.filter((seed) => indexes({}, seed)[0] === 0).length;
    expect(first).toBeGreaterThan(8);
    expect(first).toBeLessThan(50);
  });
});
