/**
 * Handlebars helpers for the views: words and numbers only, no rules. Used by the server and in the browser.
 * A helper hides a field of the same name: none may be called as a field of a view model is.
 */
import type { Language, Parameters } from './messages.ts';
import { plainText } from './plain-text.ts';

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

export function duration(ms: unknown): string {
  if (typeof ms !== 'number' || !Number.isFinite(ms)) return '';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export function bytes(count: unknown): string {
  if (typeof count !== 'number') return '';
  if (count < 1024) return count === 1 ? '1 byte' : `${count} bytes`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = count / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

/** "2026-11-20 10:58 UTC": what a reader without script sees inside <time>. */
export function when(iso: unknown): string {
  if (typeof iso !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(iso)) return '';
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

type Options = { hash: Parameters };

/** @param language what the page is written in */
export function helpersIn({ t, rich, word }: Language) {
  return {
    /** A message: {{t "task.submit"}}, {{t "groups.taken" taken=taken size=size}} */
    t: (key: string, { hash }: Options): string => t(key, hash),
    /** A message with elements in it: {{rich "site.fromPlatform" href=platformHref}} */
    rich: (key: string, { hash }: Options) => ({ toHTML: () => rich(key, hash) }),
    /** One of a fixed set of words: {{words "state" state}}. What graders make up stays, with a capital letter. */
    words(set: string, value: unknown): string {
      const text = String(value ?? '');
      return word(set, text) ?? capital(text.replaceAll('-', ' '));
    },
    eq: (left: unknown, right: unknown): boolean => left === right,
    /** Counting for people begins with 1. */
    place: (index: number): number => index + 1,
    toneOf: (result: unknown): string => TONES[kebab(String(result ?? ''))] ?? 'warn',
    duration,
    bytes,
    when,
    plain: (text: unknown): string => plainText(String(text ?? '')),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
