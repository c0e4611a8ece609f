import { describe, expect, test } from 'vitest';
import type { DayUse } from '../../../../../server/environments/usage-per-day.ts';
import { environmentUse } from '../../../../../server/site/show/environments/environment-use.ts';
import { niceAbove, runsPlot, timesPlot } from '../../../../../server/site/show/environments/plots.ts';
import { ENGLISH } from '../../../../../web/languages.ts';

const empty = (day: string): DayUse => ({ day, runs: 0, medianMs: null, p95Ms: null });
const days: DayUse[] = [
  empty('2026-11-17'),
  { day: '2026-11-18', runs: 4, medianMs: 90, p95Ms: 1200 },
  empty('2026-11-19'),
  { day: '2026-11-20', runs: 12, medianMs: 120, p95Ms: 30_000 },
];

describe('a plot', () => {
  test.each([
    ['of runs', runsPlot(days, ENGLISH)],
    ['of times', timesPlot(days, ENGLISH)],
  ])('%s says in words what it shows, and brings no style of its own', (_, svg) => {
    expect(svg).toMatch(/<svg class="plot" viewBox="0 0 \d+ \d+" role="img" aria-labelledby="(\S+) (\S+)">/);
    const [, title, desc] = /aria-labelledby="(\S+) (\S+)"/.exec(svg) ?? [];
    expect(svg).toContain(`<title id="${title}">`);
    expect(svg).toContain(`<desc id="${desc}">`);
    expect(svg).not.toMatch(/style|script|NaN|Infinity|undefined/);
    expect(svg).toContain('>17 Nov<');
    expect(svg).toContain('>20 Nov<');
  });

  test('of runs has a bar for each day with runs, as high as it should be', () => {
    const bars = [...runsPlot(days, ENGLISH).matchAll(/<rect [^>]*height="([\d.]+)"><title>([^<]*)</g)];
    expect(bars.map(([, , title]) => title)).toEqual(['2026-11-18: 4', '2026-11-20: 12']);
    const [low, high] = bars.map(([, height]) => Number(height));
    expect((high ?? 0) / (low ?? 1)).toBeCloseTo(3, 1);
    expect(runsPlot(days, ENGLISH)).toContain('16 runs in 4 days; most on 2026-11-20, 12.');
  });

  test('of times has a dot and a line for each day with runs, slower ones higher', () => {
    const svg = timesPlot(days, ENGLISH);
    const dots = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(dots).toHaveLength(2);
    expect(dots[1]).toBeLessThan(dots[0] ?? 0);
    expect(svg).toContain('2026-11-20: half within 120 ms, 95 % within 30 s');
  });

  test('of one quick run alone still has an axis', () => {
    const svg = timesPlot([{ day: '2026-11-20', runs: 1, medianMs: 0, p95Ms: 0 }], ENGLISH);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

test.each([
  [1, 1],
  [3, 5],
  [12, 20],
  [50, 50],
  [51, 100],
])('an axis for %i ends at %i', (value, end) => {
  expect(niceAbove(value)).toBe(end);
});

describe('what a page shows of the use', () => {
  test('is nothing where it was not used', () => {
    expect(environmentUse([empty('2026-11-20')], ENGLISH)).toBeNull();
  });

  test('is a table of the days with runs, newest first; a sample is called one', () => {
    const use = environmentUse(days, ENGLISH);
    expect(use?.days).toEqual([
      { day: '2026-11-20', runs: 12, median: '120 ms', p95: '30 s' },
      { day: '2026-11-18', runs: 4, median: '90 ms', p95: '1.2 s' },
    ]);
    expect(use?.sampled).toBeNull();
    expect(environmentUse([{ day: '2026-11-20', runs: 5000, medianMs: 1, p95Ms: 2 }], ENGLISH)?.sampled).toBe(
      400,
    );
  });
});
