/** What students tell a course about themselves: read, checked and kept, each their own. */

import { readSettings, type SettingFaults, type Settings } from '../../courses/student-settings.ts';
import type { Course } from '../../courses/task.ts';
import type { User } from '../../model/collections.ts';
import { settingsOf } from '../../people/student-settings-of.ts';
import type { AppDeps } from '../deps.ts';
import type { Lookup } from './find-visible.ts';

export type SettingsService = ReturnType<typeof createSettingsService>;
type Given = { values: ReadonlyMap<string, unknown>; isForm: boolean };

export function createSettingsService({ store }: Pick<AppDeps, 'store'>, lookup: Lookup) {
  /** null: kept; else what is wrong, and nothing changed. */
  async function keep(
    user: User,
    courseId: string,
    { values, isForm }: Given,
  ): Promise<SettingFaults | null> {
    const { id: course, fields } = await lookup.courseOf(user, courseId);
    const read = readSettings(fields, values, isForm);
    if (!read.ok) return read.faults;
    const own = { course, userId: user.id };
    const change = { $set: { values: read.settings } };
    if ((await store.settings.update(own, change)) !== null) return null;
    await store.settings.insert({ id: `${course}/${user.id}`, ...own, values: read.settings });
    return null;
  }

  return {
    keep,
    async show(user: User, courseId: string): Promise<{ course: Course; settings: Settings }> {
      const course = await lookup.courseOf(user, courseId);
      return { course, settings: await settingsOf(store, user.id, course) };
    },
  };
}
