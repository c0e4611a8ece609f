import { type Settings, stillAsked } from '../courses/student-settings.ts';
import type { Course } from '../courses/task.ts';
import type { Store } from '../ports/store.ts';

/** What a student told a course about themselves, and graders get as "@settings". */
export async function settingsOf(
  { settings }: Pick<Store, 'settings'>,
  userId: string,
  { id: course, fields }: Pick<Course, 'id' | 'fields'>,
): Promise<Settings> {
  if (fields.length === 0) return {};
  return stillAsked(fields, (await settings.findOne({ userId, course }))?.values ?? {});
}
