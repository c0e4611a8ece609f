/**
 * Plots of an environment's use, as SVG. Pure. Their text is numbers, dates and our own messages, so none is escaped.
 * Colours are classes, because the content policy allows no inline style.
 */
import type { PageLanguage } from '../../../../web/languages.ts';
import type { DayUse } from '../../../environments/usage-per-day.ts';
import { durationText } from '../../../text/quantities.ts';

const WIDTH = 400;
const HEIGHT = 190;
const LEFT = 60;
const RIGHT = 10;
const TOP = 14;
const BOTTOM = 30;
const INNER = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };

export function runsPlot(days: readonly DayUse[], { t, day: shortDay }: PageLanguage): string {
  const top = niceAbove(Math.max(1, ...days.map(({ runs }) => runs)));
  const y = (value: number): number => TOP + INNER.height * (1 - value / top);
  const step = INNER.width / days.length;
  const bars = days.map(({ day, runs }, index) => {
    const x = LEFT + index * step + step * 0.15;
    const bar = `x="${at(x)}" width="${at(step * 0.7)}" y="${at(y(runs))}" height="${at(y(0) - y(runs))}"`;
    return runs === 0 ? '' : `<rect class="plot-bar" ${bar}><title>${day}: ${runs}</title></rect>`;
  });
  const ticks = [0, top / 2, top].filter(Number.isInteger).map((value) => tick(y(value), String(value)));
  const total = days.reduce((sum, { runs }) => sum + runs, 0);
  const most = days.reduce((best, one) => (one.runs > best.runs ? one : best));
  const said = t('environments.runsSaid', {
    count: total,
    days: days.length,
    day: most.day,
    most: most.runs,
  });
  return svg('plot-runs', t('environments.runsPerDay'), said, [
    ...ticks,
    ...bars,
    ...dateLabels(days, step, shortDay),
  ]);
}

/** A dot at the median, a line up to the 95th percentile; on a logarithmic axis, because both span decades. */
export function timesPlot(days: readonly DayUse[], { t, day: shortDay }: PageLanguage): string {
  const graded = days.flatMap(({ day, medianMs, p95Ms }, index) =>
    medianMs === null || p95Ms === null
      ? []
      : [{ day, index, median: atLeast(medianMs), p95: atLeast(p95Ms) }],
  );
  const low = Math.floor(Math.log10(Math.min(...graded.map(({ median }) => median))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...graded.map(({ p95 }) => p95)))));
  const y = (ms: number): number => TOP + INNER.height * (1 - (Math.log10(ms) - low) / (high - low));
  const step = INNER.width / days.length;
  const marks = graded.map(({ day, index, median, p95 }) => {
    const x = at(LEFT + (index + 0.5) * step);
    const words = t('environments.dayTimes', {
      day,
      median: durationText(median),
      p95: durationText(p95),
    });
    return `<g><title>${words}</title><line class="plot-range" x1="${x}" x2="${x}" y1="${at(y(median))}" y2="${at(y(p95))}"/><circle class="plot-dot" cx="${x}" cy="${at(y(median))}" r="3.5"/></g>`;
  });
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const ticks = decades.map((ms) => tick(y(ms), durationText(ms)));
  const slowest = Math.max(...graded.map(({ p95 }) => p95));
  const quickest = Math.min(...graded.map(({ median }) => median));
  const said = t('environments.timesSaid', {
    best: durationText(quickest),
    worst: durationText(slowest),
  });
  return svg('plot-times', t('environments.timeToVerdict'), said, [
    ...ticks,
    ...marks,
    ...dateLabels(days, step, shortDay),
  ]);
}

/** A logarithm needs a positive number. */
const atLeast = (ms: number): number => Math.max(1, ms);

function svg(id: string, title: string, description: string, body: readonly string[]): string {
  const names = `aria-labelledby="${id}-title ${id}-desc"`;
  return `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" ${names}><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${body.join('')}</svg>`;
}

const tick = (y: number, text: string): string =>
  `<line class="plot-grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y)}" y2="${at(y)}"/><text class="plot-text" x="${LEFT - 8}" y="${at(y + 4)}" text-anchor="end">${text}</text>`;

/** First, middle and last day: more would overlap on a phone. */
function dateLabels(days: readonly DayUse[], step: number, shortDay: PageLanguage['day']): string[] {
  const places = [
    { index: 0, anchor: 'start' },
    { index: Math.floor(days.length / 2), anchor: 'middle' },
    { index: days.length - 1, anchor: 'end' },
  ] as const;
  const textOf = (one: DayUse | undefined): string => (one ? shortDay(one.day) : '');
  return places.map(({ index, anchor }) => {
    const edge = { start: 0, middle: 0.5, end: 1 }[anchor];
    const x = at(LEFT + (index + edge) * step);
    return `<text class="plot-text" x="${x}" y="${HEIGHT - 10}" text-anchor="${anchor}">${textOf(days[index])}</text>`;
  });
}

/** 1, 2, 5, 10, 20, 50 …: the next one above. */
export function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? value;
}

const at = (value: number): string => String(Math.round(value * 10) / 10);
