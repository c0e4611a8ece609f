/** Checks students' answers to the questions of a course. Pure. */
import type { StudentField } from '../task.ts';

export type Settings = Record<string, string | number | boolean>;
/** Field id → the error, in one sentence. */
export type SettingFaults = Record<string, string>;
export type SettingsReading = { ok: true; settings: Settings } | { ok: false; faults: SettingFaults };

const MAX_TEXT = 1000;

/**
 * Values from a form (text; a box without a tick is missing) or from a program (JSON). Empty and null values are left
 * out, so the grader does not get them.
 * @param isForm whether a missing flag is a "no"
 */
export function readSettings(
  fields: readonly StudentField[],
  given: ReadonlyMap<string, unknown>,
  isForm: boolean,
): SettingsReading {
  const settings: [string, string | number | boolean][] = [];
  const faults: [string, string][] = [...given.keys()]
    .filter((id) => !fields.some((field) => field.id === id))
    .map((id) => [id, `The course has no field "${id.slice(0, 100)}".`]);
  for (const { id, kind } of fields) {
    const value = given.get(id);
    if (kind === 'flag' && isForm) settings.push([id, value !== undefined]);
    else if (value !== undefined && value !== null && value !== '') {
      const read = typedAs(kind, value);
      if (read === null) faults.push([id, EXPECTED[kind]]);
      else settings.push([id, read]);
    }
  }
  return faults.length > 0
    ? { ok: false, faults: Object.fromEntries(faults) }
    : { ok: true, settings: Object.fromEntries(settings) };
}

const EXPECTED: Record<StudentField['kind'], string> = {
  integer: 'Write a whole number.',
  text: `Write at most ${MAX_TEXT} characters.`,
  flag: 'Send true or false.',
};

function typedAs(kind: StudentField['kind'], value: unknown): string | number | boolean | null {
  if (kind === 'flag') return typeof value === 'boolean' ? value : null;
  if (kind === 'text') return typeof value === 'string' && value.length <= MAX_TEXT ? value : null;
  const number = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** The stored answers that the course still asks for, with the type that it asks for. */
export function stillAsked(fields: readonly StudentField[], given: Settings): Settings {
  const values = new Map(Object.entries(given));
  const kept = fields.flatMap(({ id, kind }) => {
    const value = values.get(id);
    return value !== undefined && typedAs(kind, value) === value ? [[id, value] as const] : [];
  });
  return Object.fromEntries(kept);
}
