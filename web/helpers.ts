/**
 * Handlebars helpers for the views: words and numbers only, no rules. Used by the server and in the browser.
 * A helper hides a field of the same name: none may be called as a field of a view model is.
 */

import { plainText } from '../server/text/hostile.ts';
import { bytesText, durationText, utcText } from '../server/text/quantities.ts';

/** Verdicts and results as graders and Gradeport write them, mapped to a colour class. */
const TONES: Record<string, string> = {
  success: 'good',
  failed: 'bad',
  timeout: 'bad',
  overflow: 'bad',
  'out-of-memory': 'bad',
  'output-limit': 'bad',
  'disk-full': 'bad',
  'process-limit': 'bad',
};

function kebab(word: string): string {
  return word.trim().toLowerCase().replace(/\s+/g, '-');
}

/** "2026-11-20 10:58 UTC": what a reader without script sees inside <time>. */
function when(iso: unknown): string {
  const ms = typeof iso === 'string' && /^\d{4}-\d\d-\d\dT/.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(ms) ? '' : utcText(ms);
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const helpers = {
  eq: (left: unknown, right: unknown): boolean => left === right,
  /** Counting for people begins with 1. */
  place: (index: number): number => index + 1,
  /** "1 task", "3 tasks" */
  count: (amount: number, one: string, many: string): string => `${amount} ${amount === 1 ? one : many}`,
  /** "out-of-memory" → "Out of memory" */
  words(word: unknown): string {
    const text = String(word ?? '').replaceAll('-', ' ');
    return text.charAt(0).toUpperCase() + text.slice(1);
  },
  toneOf: (word: unknown): string => TONES[kebab(String(word ?? ''))] ?? 'warn',
  duration: (ms: unknown): string => (isNumber(ms) ? durationText(ms) : ''),
  bytes: (count: unknown): string => (isNumber(count) ? bytesText(count) : ''),
  when,
  plain: (text: unknown): string => plainText(String(text ?? '')),
};
