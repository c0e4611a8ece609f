/** Single values of a task file. Teachers and old editors write 30, '30', on, 'true' or nothing at all. */

import { z } from 'zod';
import { yesOrNo } from '../../text/yes-and-no.ts';
import { sixties } from './python-words.ts';

/** How error messages quote a value; long texts are cut. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

export const expected = (what: string, value: unknown) =>
  value === undefined || value === null
    ? `expected ${what}; it is missing`
    : `expected ${what}; got ${show(value)}`;

/** The error message for zod's own types: `z.object({…}, wants('a map'))`. */
export const wants = (what: string) => ({
  error: (issue: { input?: unknown }) => expected(what, issue.input),
});

const absent = (value: unknown): boolean => value === undefined || value === null;
const empty = (value: unknown): boolean =>
  absent(value) || (typeof value === 'string' && value.trim() === '');

/**
 * A reader: null from `parse` means "not what I expect". A missing value becomes `fallback`; without a fallback it
 * is an error. In zod terms an optional unknown that is transformed.
 */
function reader<T>(
  what: string,
  isMissing: (value: unknown) => boolean,
  parse: (value: unknown) => T | null,
) {
  function read(): z.ZodType<T>;
  function read<F>(fallback: F): z.ZodType<T | F>;
  function read(...fallback: unknown[]): z.ZodType<unknown> {
    return z
      .unknown()
      .optional()
      .transform((value, context) => {
        if (isMissing(value) && fallback.length > 0) return fallback[0];
        const parsed = isMissing(value) ? null : parse(value);
        if (parsed !== null) return parsed;
        context.issues.push({ code: 'custom', input: value, message: expected(what, value) });
        return z.NEVER;
      });
  }
  return read;
}

const scalarText = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;

export const text = reader('text', absent, scalarText);
export const filledText = reader('text', empty, scalarText);

/** Python's str() of a value: INGInious compares a match problem's answer with that. */
export const pythonText = reader('text', absent, (value) => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return scalarText(value);
});

export const choiceOf = (words: readonly string[]) =>
  reader(`one of ${words.join(', ')}`, empty, (value) =>
    typeof value === 'string' && words.includes(value) ? value : null,
  );

export const flag = reader('true or false', empty, yesOrNo);

const toNumber = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : sixties(value);
};
const numberThat = (what: string, holds: (value: number) => boolean) =>
  reader(what, empty, (value) => {
    const number = toNumber(value);
    return number !== null && holds(number) ? number : null;
  });

export const positive = numberThat('a number above 0', (value) => value > 0 && value <= 1e9);
export const notNegative = numberThat('a number from 0', (value) => value >= 0);
export const wholeNumber = numberThat('a whole number', Number.isSafeInteger);
export const count = numberThat(
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && value >= 0,
);
export const countFromOne = numberThat('a whole number from 1', (v) => Number.isSafeInteger(v) && v >= 1);

/** A list of words: a YAML list, or the one line "a, b" that editors write. */
export const words = reader('a list of words', empty, (value) => {
  const list = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(list)) return null;
  const texts = list.map(scalarText);
  if (texts.includes(null)) return null;
  return texts.flatMap((word) => (word?.trim() ? [word.trim()] : []));
});
