/** What a value should be, in our own words: the validator's sentences are for programmers. */
import { z } from 'zod';
import { nearest } from '../../text/nearest.ts';
import { expected, show } from './values.ts';

const WORDS: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** @param top the value that was checked; sentences that a schema gives stay */
export function sentenceOf(issue: z.core.$ZodIssue, top: unknown): string {
  if (issue.code === 'unrecognized_keys' && issue.message.startsWith('Unrecognized'))
    return `${issue.keys.map(show).join(', ')}: not known here; remove it, or correct its name`;
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid')) return issue.message;
  return expected(WORDS[issue.expected] ?? issue.expected, valueAt(top, issue.path));
}

/** undefined: there is none. */
export function valueAt(top: unknown, path: readonly PropertyKey[]): unknown {
  let value = top;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** A map with no other keys; for a misspelt one the message has the key that was meant. */
export const mapOf = <S extends z.ZodRawShape>(shape: S, what: string) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => notKnown(key, Object.keys(shape))).join('; ')
        : expected(what, issue.input),
  });

function notKnown(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === null
    ? `${show(key)} is not known here; known are ${known.join(', ')}`
    : `${show(key)} is not known; did you mean "${meant}"?`;
}
