import type { FieldView } from '../../../web/membership-views.ts';
import type { SettingFaults, Settings } from '../../courses/students/student-settings.ts';
import type { Course } from '../../courses/task.ts';

/** The form's values after a refusal. */
export type TypedSettings = { values: ReadonlyMap<string, unknown>; faults: SettingFaults };

export function fieldViews(
  { fields }: Pick<Course, 'fields'>,
  kept: Settings,
  typed: TypedSettings | null,
): FieldView[] {
  const values = typed?.values ?? new Map(Object.entries(kept));
  const faults = new Map(Object.entries(typed?.faults ?? {}));
  return fields.map(({ id, description, kind }) => {
    const value = values.get(id);
    return {
      id,
      description,
      isFlag: kind === 'flag',
      isNumber: kind === 'integer',
      checked: kind === 'flag' && value !== undefined && value !== false,
      value: typeof value === 'string' || typeof value === 'number' ? String(value) : '',
      error: faults.get(id) ?? null,
    };
  });
}
