/** Texts as the teacher wrote them: YAML reads "text: No" as a boolean, and "text: 2.0" as the number 2. */
import { printedNumber } from './python-words.ts';
import type { Path, YamlFile } from './yaml-file.ts';

const TEXTS = new Set([
  ...['name', 'context', 'description', 'title', 'environment', 'environment_id', 'registration_password'],
  ...['header', 'default', 'error_message', 'success_message', 'text', 'feedback'],
]);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The texts of a file, of a problem, or of one of its choices. */
export function asWritten(yaml: YamlFile, path: Path, value: unknown): unknown {
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => {
    const place = [...path, key];
    if (TEXTS.has(key)) return [key, textAt(yaml, place, each)];
    if (key === 'answer') return [key, printedNumber(yaml.plain(place) ?? '') ?? each];
    if (key !== 'choices' || !Array.isArray(each)) return [key, each];
    return [key, each.map((choice, index) => asWritten(yaml, [...place, index], choice))];
  });
  return Object.fromEntries(entries);
}

/** One value as text, where YAML read a word without quotes as a number or a boolean. */
export const textAt = (yaml: YamlFile, path: Path, value: unknown): unknown =>
  typeof value === 'boolean' || typeof value === 'number' ? (yaml.plain(path) ?? value) : value;
