import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, percentile, summarise } from '../../../server/rules/statistics.ts';

const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('percentiles', () => {
  test('are samples, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([3, 1, 2], 0.95)).toBe(3);
    expect(percentile([7], 0.01)).toBe(7);
  });

  test('have at least their share of all samples at or below them', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const found = percentile(values, share);
        expect(values).toContain(found);
        const below = values.filter((value) => value <= found).length;
        expect(below).toBeGreaterThanOrEqual(share * values.length - 1e-9);
      }),
    );
  });

  test('of nothing are a fault, not a number', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => summarise([])).toThrow(RangeError);
  });
});

describe('the median', () => {
  test('is the middle one, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([8])).toBe(8);
  });

  test('does not depend on the order and changes no sample', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const before = [...values];
        expect(median([...values].reverse())).toBe(median(values));
        expect(values).toEqual(before);
      }),
    );
  });
});

test('a summary has three digits after the point', () => {
  expect(summarise([1.23456, 1.23456])).toEqual({ median: 1.235, p95: 1.235, n: 2 });
});
