/** What is wrong with the configuration, one sentence each: the option, variable or key, what it says, what it may be. Pure. */
import type { z } from 'zod';
import { nearest } from '../text/nearest.ts';
import { type Origin, SECRET, valueAt, whereOf } from './setting-places.ts';

type Issue = z.core.$ZodIssue;
type Source = { origin: Origin; settings: Record<string, unknown> };
/** known: the names of all settings, for "Did you mean". */
type Place = { sources: readonly Source[]; file: string | null; known: readonly string[] };

const MAX_SHOWN = 60;

export const faultSentences = (issues: readonly Issue[], place: Place): string[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey([...issue.path.map(String), key], place))
      : [wrongValue(issue, place)],
  );

function unknownKey(path: readonly string[], { file, known }: Place): string {
  const near = nearest(path.at(-1) ?? '', known);
  const advice = near === null ? '' : ` Did you mean "${near}"?`;
  return `There is no setting "${path.join('.')}"${file === null ? '' : ` (${file})`}.${advice}`;
}

function wrongValue(issue: Issue, { sources, file }: Place): string {
  const path = issue.path.map(String);
  // Sources are sorted by precedence: the last one that has the setting counts.
  const source = sources.findLast(({ settings }) => valueAt(settings, path) !== undefined);
  const key = path.join('.');
  const name =
    source === undefined
      ? `"${key}"`
      : source.origin === 'file'
        ? `"${key}" in ${file ?? 'the file'}`
        : whereOf(source.origin, path, file);
  const value = valueAt(source?.settings, path);
  const isShown = value !== undefined && !path.some((part) => SECRET.test(part));
  return `${name} must be ${wanted(issue)}${isShown ? `, not ${shown(value)}` : ''}.`;
}

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type')
    return issue.expected === 'int' ? 'a whole number' : article(issue.expected);
  if (issue.code === 'too_small')
    return `${issue.inclusive ? 'at least' : 'more than'} ${sizeOf(issue.origin, issue.minimum)}`;
  if (issue.code === 'too_big')
    return `${issue.inclusive ? 'at most' : 'less than'} ${sizeOf(issue.origin, issue.maximum)}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format' && issue.format === 'url')
    return 'an address such as https://grade.example.org';
  // Only settings that are on or off take more than one kind of value.
  if (issue.code === 'invalid_union') return 'true or false';
  return issue.message.replace(/^expected /, '');
}

/** "a number", "an array" */
const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
};
const article = (kind: string): string => KINDS[kind] ?? `a ${kind}`;

const sizeOf = (origin: string, size: number | bigint): string =>
  origin === 'string' ? `${size} characters long` : String(size);

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
