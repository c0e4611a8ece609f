/**
 * Handlebars helpers for the views: words and numbers only, no rules. Used by the server and in the browser.
 * A helper hides a field of the same name, so no helper may have the name of a view model's field.
 */
import { plainText } from '../server/text/hostile.ts';
import { bytesText, durationText, utcText } from '../server/text/quantities.ts';
import type { Language, Parameters } from './messages.ts';

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

/** "2026-11-20 10:58 UTC": the text inside <time> for a reader without script. */
function when(iso: unknown): string {
  const ms = typeof iso === 'string' && /^\d{4}-\d\d-\d\dT/.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(ms) ? '' : utcText(ms);
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

type Options = { hash: Parameters };

/** @param language the language of the page */
export function helpersIn({ t, rich, word }: Language) {
  return {
    /** A message: {{t "task.submit"}}, {{t "groups.taken" taken=taken size=size}} */
    t: (key: string, { hash }: Options): string => t(key, hash),
    /** A message with elements in it: {{rich "site.fromPlatform" href=platformHref}} */
    rich: (key: string, { hash }: Options) => ({ toHTML: () => rich(key, hash) }),
    /** A word from a fixed set: {{words "state" state}}. A grader's own word stays, with a capital letter. */
    words(set: string, value: unknown): string {
      const text = String(value ?? '');
      return word(set, text) ?? capital(text.replaceAll('-', ' '));
    },
    eq: (left: unknown, right: unknown): boolean => left === right,
    /** Numbers from 1, for readers. */
    place: (index: number): number => index + 1,
    toneOf: (result: unknown): string => TONES[kebab(String(result ?? ''))] ?? 'warn',
    duration: (ms: unknown): string => (isNumber(ms) ? durationText(ms) : ''),
    bytes: (count: unknown): string => (isNumber(count) ? bytesText(count) : ''),
    when,
    plain: (text: unknown): string => plainText(String(text ?? '')),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
