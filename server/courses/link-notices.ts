/** Links in a course at the names that the server reads itself: it follows none, and says so to the teacher. */
import { join } from 'node:path';
import { folderBeneath, type OpenFolder, openFolder } from '../rules/files/open-folder.ts';
import { stopped } from '../rules/stopped-attacks.ts';
import type { FileProblemReport } from './task.ts';
import { whole } from './yaml/yaml-file.ts';

export const IN_A_TASK: readonly string[] = [
  ...['student', 'student/$i18n', 'public', 'systemfiles', 'systemfiles/hosts', '$i18n', 'samples', 'test'],
];
export const IN_A_COURSE: readonly string[] = [
  ...['$i18n', '$common', '$common/$i18n', '$common/public', '$common/student', '$common/student/$i18n'],
];

const NOT_USED =
  'it is a link, and is not used: it could lead anywhere on this machine; put the folder or file in its place';

/** @param shown the path of the folder in messages */
export function linkNotices(
  folder: string,
  shown: string,
  names: readonly string[],
  { mayBeLink = false } = {},
): FileProblemReport[] {
  using top = openFolder(folder, { mayBeLink });
  if (top === null) return [];
  return names
    .filter((path) => isLink(top, path.split('/')))
    .map((path) => whole(join(shown, path), NOT_USED));
}

/** Called when what was read is new, not at each look. */
export function tellLinks(course: string, notices: readonly FileProblemReport[]): void {
  for (const { file } of notices) stopped('link', { course, why: `${file} is a link, and is not followed` });
}

function isLink(top: OpenFolder, names: readonly string[]): boolean {
  const above = names.slice(0, -1);
  const name = names.at(-1) ?? '';
  if (above.length === 0) return top.look(name)?.isSymbolicLink() ?? false;
  using folder = folderBeneath(top, above);
  return folder?.look(name)?.isSymbolicLink() ?? false;
}
