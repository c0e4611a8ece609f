import { describe, expect, test } from 'vitest';
import { shownChoices } from '../../../../server/courses/quiz/choices.ts';
import type { ChoiceProblem } from '../../../../server/courses/task.ts';

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
const users = Array.from({ length: 200 }, (_, index) => `student-${index}`);
const indexes = (given: Partial<ChoiceProblem>, username: string, lang = 'en') =>
  shownChoices({ ...problem, ...given }, { username, lang }).map(({ index }) => index);

/** Right are the third and the sixth; made with Python's own random.Random("q#en#alice"), and so on. */
const mixed = [...'abcdefgh'].map((text, index) => ({
  text,
  valid: index === 2 || index === 5,
  feedback: '',
}));
const BY_PYTHON: [string, string, Partial<ChoiceProblem>, number[]][] = [
  ['en', 'alice', {}, [3, 6, 0, 4, 1, 5, 2, 7]],
  ['fr', 'alice', {}, [3, 6, 4, 2, 0, 1, 7, 5]],
  ['en', 'bob', { limit: 4 }, [2, 5, 4, 6]],
  ['en', 'bob', { limit: 4, multiple: false }, [4, 6, 5, 7]],
  ['en', 'bob', { limit: 1, multiple: false }, [5]],
  ['en', 'zoë', { limit: 4, shuffle: false }, [0, 1, 2, 5]],
  ['en', 'zoë', { limit: 3, multiple: false, shuffle: false }, [0, 1, 2]],
];

describe('the choices that are shown', () => {
  test.each(BY_PYTHON)('are INGInious’ own, in %s for %s with %j', (lang, user, given, expected) => {
    expect(indexes({ choices: mixed, ...given }, user, lang)).toEqual(expected);
  });

  test('are the same for the same student, and others see other orders', () => {
    expect(indexes({}, 'ada')).toEqual(indexes({}, 'ada'));
    expect(new Set(users.map((user) => indexes({}, user).join())).size).toBeGreaterThan(150);
    expect(indexes({}, 'ada').toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('keep the order of the file when they are not shuffled', () => {
    for (const user of users) {
      const shown = indexes({ shuffle: false, limit: 4 }, user);
      expect(shown).toEqual(shown.toSorted());
    }
    expect(indexes({ shuffle: false }, 'ada')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('with a limit have every right one where several may be chosen, one where one may', () => {
    for (const user of users) {
      const several = indexes({ limit: 4 }, user);
      expect(several).toHaveLength(4);
      expect(several).toEqual(expect.arrayContaining([0, 1]));
      const one = indexes({ limit: 4, multiple: false }, user);
      expect(one).toHaveLength(4);
      expect(one.filter((index) => index < 2)).toHaveLength(1);
    }
  });

  test('have a second right one only where the wrong ones do not fill the limit', () => {
    const few = choices.slice(0, 4);
    expect(indexes({ choices: few, limit: 4, multiple: false }, 'ada').toSorted()).toEqual([0, 1, 2, 3]);
    expect(indexes({ choices: few, limit: 9, multiple: false }, 'ada')).toHaveLength(4);
  });
});
