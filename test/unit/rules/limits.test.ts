import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ceilingsSchema,
  defaultLimits,
  LEAST_MEMORY_BYTES,
  type Limits,
  resolveLimits,
  studentLimits,
  terminalLimits,
} from '../../../server/rules/limits.ts';

const ceilings = ceilingsSchema.parse({});
const keys = Object.keys(defaultLimits) as (keyof Limits)[];
const MIB = 2 ** 20;

describe('the limits of a run', () => {
  test('are the defaults where the task asks for nothing, and INGInious’ own for time and memory', () => {
    expect(resolveLimits({}, ceilings)).toEqual(defaultLimits);
    expect(defaultLimits).toMatchObject({ cpuMs: 20_000, wallMs: 60_000, memoryBytes: 1024 * MIB });
  });

  test.each(keys.filter((key) => key !== 'memoryBytes'))(
    '%s: what the task asks for, up to the ceiling',
    (key) => {
      const wallMs = key === 'cpuMs' ? { wallMs: 21 } : {};
      expect(resolveLimits({ [key]: 7 }, ceilings)).toEqual({ ...defaultLimits, ...wallMs, [key]: 7 });
      expect(resolveLimits({ [key]: ceilings[key] + 1 }, ceilings)[key]).toBe(ceilings[key]);
      expect(resolveLimits({}, { ...ceilings, [key]: 3 })[key]).toBe(3);
    },
  );

  test('memory: never less than a first process needs', () => {
    expect(resolveLimits({ memoryBytes: 7 }, ceilings).memoryBytes).toBe(LEAST_MEMORY_BYTES);
    expect(resolveLimits({ memoryBytes: 100 * MIB }, ceilings).memoryBytes).toBe(100 * MIB);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is no wish: it would lift the limit',
    (value) => {
      for (const key of keys) expect(resolveLimits({ [key]: value }, ceilings)).toEqual(defaultLimits);
    },
  );

  test('no wish passes a ceiling, and no key is lost or added', () => {
    const wish = fc.record(Object.fromEntries(keys.map((key) => [key, fc.integer({ min: 1 })])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(wish, (asked) => {
        const limits = resolveLimits(asked, ceilings);
        expect(Object.keys(limits).toSorted()).toEqual(keys.toSorted());
        for (const key of keys) expect(limits[key]).toBeLessThanOrEqual(ceilings[key]);
      }),
    );
  });

  test('every default fits under its default ceiling', () => {
    for (const key of keys) expect(defaultLimits[key], key).toBeLessThanOrEqual(ceilings[key]);
  });
});

describe('the ceilings of the operator', () => {
  test('cover every limit, and single ones may be set', () => {
    expect(Object.keys(ceilings).toSorted()).toEqual(keys.toSorted());
    expect(ceilingsSchema.parse({ pids: 10 })).toEqual({ ...ceilings, pids: 10 });
  });

  test.each([
    { pids: 0 },
    { pids: -1 },
    { cpuMs: 1.5 },
    { memoryBytes: '1g' },
    { memory: 5 },
    { pids: Infinity },
  ])('refuse %j', (wrong) => {
    expect(ceilingsSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('the limits of a student run', () => {
  const parent: Limits = { ...defaultLimits, cpuMs: 1000, wallMs: 3000, memoryBytes: 100 * MIB };
  const nothing = { timeMs: 0, hardTimeMs: 0, memoryBytes: 0 };

  test('are those of the grading container where the grader asks for nothing', () => {
    expect(studentLimits(parent, nothing)).toEqual(parent);
    expect(studentLimits(parent, { timeMs: -1, hardTimeMs: -1, memoryBytes: -1 })).toEqual(parent);
  });

  test('are what the grader asks for, where it asks for less', () => {
    const asked = { timeMs: 500, hardTimeMs: 700, memoryBytes: 40 * MIB };
    expect(studentLimits(parent, asked)).toEqual({
      ...parent,
      cpuMs: 500,
      wallMs: 700,
      memoryBytes: 40 * MIB,
    });
  });

  test('are never more than the grading container’s', () => {
    expect(studentLimits(parent, { timeMs: 1e9, hardTimeMs: 1e9, memoryBytes: 1e12 })).toEqual(parent);
  });
});

describe('the limits of a terminal', () => {
  const asked = { timeMs: 0, hardTimeMs: 0, memoryBytes: 0 };

  test('are half an hour and all the processor time that the operator allows, where the grader asks for none', () => {
    const { limits, sessionMs } = terminalLimits(defaultLimits, asked, ceilings, 0);
    expect(sessionMs).toBe(1_800_000);
    expect(limits).toEqual({ ...defaultLimits, cpuMs: ceilings.cpuMs });
  });

  test('stay within the operator’s ceilings, and all terminals of a run together within that of the clock', () => {
    const wish = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(wish, wish, wish, wish, (timeMs, hardTimeMs, memoryBytes, usedMs) => {
        const wishes = { timeMs, hardTimeMs, memoryBytes };
        const { limits, sessionMs } = terminalLimits(defaultLimits, wishes, ceilings, usedMs);
        for (const key of keys)
          if (key !== 'cpuMs') expect(limits[key]).toBeLessThanOrEqual(defaultLimits[key]);
        expect(limits.cpuMs).toBeLessThanOrEqual(ceilings.cpuMs);
        expect(sessionMs).toBeLessThanOrEqual(Math.max(0, ceilings.wallMs - usedMs));
        expect(sessionMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
