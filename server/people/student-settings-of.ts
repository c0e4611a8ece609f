import { type Settings, stillAsked } from '../courses/students/student-settings.ts';
import type { Course } from '../courses/task.ts';
import type { Store } from '../ports/store.ts';

/** A student's answers to the course's questions; graders get them as "@settings". */
export async function settingsOf(
  { settings }: Pick<Store, 'settings'>,
  userId: string,
  { id: course, fields }: Pick<Course, 'id' | 'fields'>,
): Promise<Settings> {
  if (fields.length === 0) return {};
  return stillAsked(fields, (await settings.findOne({ userId, course }))?.values ?? {});
}
