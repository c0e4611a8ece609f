import type { PageLanguage } from '../../../../web/languages.ts';
import type { EnvironmentUseView } from '../../../../web/view-models.ts';
import { type DayUse, MOST_PER_DAY, USE_DAYS } from '../../../environments/usage-per-day.ts';
import { durationText } from '../../../text/quantities.ts';
import { runsPlot, timesPlot } from './plots.ts';

/** null when the environment was not used. */
export function environmentUse(days: readonly DayUse[], language: PageLanguage): EnvironmentUseView | null {
  const used = days.filter(({ runs }) => runs > 0);
  if (used.length === 0) return null;
  const text = (ms: number | null): string => (ms === null ? '' : durationText(ms));
  return {
    runsPlotHtml: runsPlot(days, language),
    timesPlotHtml: timesPlot(days, language),
    span: USE_DAYS,
    sampled: used.some(({ runs }) => runs > MOST_PER_DAY) ? MOST_PER_DAY : null,
    days: used
      .map(({ day, runs, medianMs, p95Ms }) => ({ day, runs, median: text(medianMs), p95: text(p95Ms) }))
      .reverse(),
  };
}
