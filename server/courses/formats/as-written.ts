/** Texts as the teacher wrote them: "text: No" is a boolean to YAML, and "text: 2.0" the number 2. */
import type { Path, YamlFile } from './yaml-file.ts';

const TEXTS = ['name', 'header', 'default', 'error_message', 'success_message', 'text', 'feedback'];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A problem, or one of its choices. */
export function asWritten(yaml: YamlFile, path: Path, value: unknown): unknown {
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => {
    const place = [...path, key];
    if (TEXTS.includes(key)) return [key, wasText(each) ? (yaml.source(place) ?? each) : each];
    if (key === 'answer') return [key, pythonFloat(yaml.source(place), each)];
    if (key !== 'choices' || !Array.isArray(each)) return [key, each];
    return [key, each.map((choice, index) => asWritten(yaml, [...place, index], choice))];
  });
  return Object.fromEntries(entries);
}

const wasText = (value: unknown): boolean => typeof value === 'boolean' || typeof value === 'number';

/** A match's answer is compared with what Python prints: "2.0", where JavaScript would print "2". */
const pythonFloat = (source: string | null, value: unknown): unknown =>
  Number.isSafeInteger(value) && /^[+-]?\d+\.0*$/.test(source ?? '') ? `${value}.0` : value;
