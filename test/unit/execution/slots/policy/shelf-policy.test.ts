/** How many slots wait, of which kind, and which go first. */
import { describe, expect, test } from 'vitest';
import {
  isForgotten,
  keptOf,
  planRefill,
  REFILLS_AT_ONCE,
  remembered,
  type Stock,
  studentsAhead,
  targetOf,
} from '../../../../../server/execution/slots/policy/shelf-policy.ts';

const config = { maxIdle: 4, maxMemoryBytes: 1000, idleMs: 60_000 };
const stock = (change: Partial<Stock> = {}): Stock => ({
  ready: 0,
  opening: 0,
  demand: 0,
  lastUsed: 0,
  memoryBytes: 100,
  ...change,
});

describe('a kind of slot', () => {
  test.each([
    [0, 1],
    [1, 2],
    [2, 2],
    [3, 3],
    [100, 4],
  ])('that %i runs asked for lately keeps %i', (demand, target) => {
    expect(targetOf({ demand }, config)).toBe(target);
  });

  test('that no run asked for in a long time keeps none at a sweep', () => {
    expect(keptOf(stock({ lastUsed: 0 }), config, 60_000)).toBe(1);
    expect(keptOf(stock({ lastUsed: 0 }), config, 60_001)).toBe(0);
  });

  test.each([
    ['long unused and without a slot', { now: 60_001 }, true],
    ['used lately', { now: 60_000 }, false],
    ['with a slot that waits', { now: 60_001, ready: 1 }, false],
    ['with a slot that is being made', { now: 60_001, opening: 1 }, false],
  ])('%s: is it forgotten?', (_, { now, ...change }, forgotten) => {
    expect(isForgotten(stock(change), config, now)).toBe(forgotten);
  });

  test('gets the most student containers that one of its last runs used, up to three', () => {
    expect(studentsAhead([])).toBe(0);
    expect(studentsAhead([0, 2, 1])).toBe(2);
    expect(studentsAhead([9])).toBe(3);
  });

  test('forgets all but its last twenty runs', () => {
    const used = Array.from({ length: 30 }, (_, run) => run).reduce(remembered, []);
    expect(used).toHaveLength(20);
    expect(used[0]).toBe(29);
  });
});

describe('a refill', () => {
  test('makes what lacks most first, and not more at once than the processors are good for', () => {
    const kinds = [stock({ demand: 1 }), stock({ demand: 5 }), stock({ demand: 3 })];
    const steps = planRefill(kinds, config);
    expect(steps.map(({ open }) => open)).toEqual([kinds[1], kinds[2]]);
    expect(steps).toHaveLength(REFILLS_AT_ONCE);
    expect(planRefill([stock({ opening: 2 }), stock()], config)).toEqual([]);
  });

  test('makes nothing where enough wait', () => {
    expect(planRefill([stock({ ready: 1 }), stock({ opening: 1 })], config)).toEqual([]);
  });

  test('takes the place of the kind that was not used for longest, never of one used since', () => {
    const old = stock({ ready: 3, lastUsed: 10 });
    const middle = stock({ ready: 1, lastUsed: 20 });
    const asked = stock({ lastUsed: 30 });
    expect(planRefill([middle, old, asked], config)).toEqual([{ open: asked, retire: old }]);
    expect(planRefill([{ ...old, lastUsed: 31 }, { ...middle, lastUsed: 31 }, asked], config)).toEqual([]);
  });

  test('stays below the memory that waiting slots may claim, and retires none in vain', () => {
    const small = stock({ ready: 1, lastUsed: 1, memoryBytes: 100 });
    const large = stock({ lastUsed: 2, memoryBytes: 1001 });
    expect(planRefill([small, large], config)).toEqual([]);
    const fitting = stock({ lastUsed: 2, memoryBytes: 600 });
    expect(planRefill([small, fitting], config)).toEqual([{ open: fitting, retire: small }]);
  });
});
