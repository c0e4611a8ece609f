import { describe, expect, test } from 'vitest';
import { pythonRandom } from '../../../server/courses/python-random.ts';

/**
 * Made with CPython 3.11: r = random.Random(seed); three r.random(); r.getrandbits(k) for k in 1, 5, 31, 32;
 * r.shuffle(list(range(10))); r.shuffle(list(range(100))), of which the sum of place times value; and the last
 * of 700 r.getrandbits(32), so that the state is made anew at least once.
 */
const MADE_BY_PYTHON: [string, number[], number[], number[], number, number][] = [
  [
    '',
    [0.9602256525641875, 0.595411957851699, 0.3880117152955401],
    [1, 24, 474234919, 3677542425],
    [6, 7, 1, 4, 3, 8, 2, 9, 0, 5],
    243968,
    830171365,
  ],
  [
    'a',
    [0.2720295377534757, 0.06733663088629693, 0.5999141237517758],
    [1, 17, 376407121, 3771048683],
    [7, 8, 3, 4, 2, 0, 5, 6, 1, 9],
    245448,
    3997995709,
  ],
  [
    'q1#en#alice',
    [0.0758315970085659, 0.11646784396280951, 0.0056076212176614515],
    [1, 12, 1037003113, 125557560],
    [4, 8, 7, 9, 5, 3, 2, 0, 6, 1],
    241491,
    2462032503,
  ],
  [
    'é#fr#zoë',
    [0.9491079257150131, 0.32791747904264335, 0.2903459200970858],
    [1, 15, 1996780024, 3075327456],
    [8, 4, 0, 6, 2, 5, 9, 7, 1, 3],
    245746,
    2550554015,
  ],
  [
    'x'.repeat(300),
    [0.22742392778346976, 0.029232725307174356, 0.7817729566041761],
    [0, 4, 1605979620, 2877933627],
    [5, 2, 4, 9, 6, 7, 1, 0, 8, 3],
    235948,
    4016972750,
  ],
];
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('Python’s generator', () => {
  test.each(MADE_BY_PYTHON)(
    'draws for the seed "%s" what Python draws',
    (seed, floats, bits, ten, sum, far) => {
      const random = pythonRandom(seed);
      expect(floats.map(() => random.random())).toEqual(floats);
      expect([1, 5, 31, 32].map((width) => random.bits(width))).toEqual(bits);
      expect(random.shuffle(upTo(10))).toEqual(ten);
      const hundred = random.shuffle(upTo(100));
      expect(hundred.reduce((total, value, place) => total + place * value, 0)).toBe(sum);
      expect(
        upTo(700)
          .map(() => random.bits(32))
          .at(-1),
      ).toBe(far);
    },
  );

  test('leaves alone what has no order to change', () => {
    const [random, untouched] = [pythonRandom('a'), pythonRandom('a')];
    expect([random.shuffle([]), random.shuffle(['one'])]).toEqual([[], ['one']]);
    expect(random.random()).toBe(untouched.random());
  });
});
