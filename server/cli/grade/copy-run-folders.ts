/** gradeport grade --keep: copies the files that a run left, for the teacher to inspect. */
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Graded } from '../../execution/execute.ts';
import { GradeportError } from '../../rules/errors.ts';
import { harmless, talk } from '../ui/terminal.ts';
import { copyBeneath } from './copy-beneath.ts';

/** Creates the folder if necessary; refuses one with files in it, so that nothing is overwritten. */
/** @param option that named the folder */
export async function emptyFolder(path: string, option: string): Promise<string> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new GradeportError('usage', `${option}: ${folder} is not empty; name a new or an empty folder.`);
  }
  return folder;
}

/** As much as copyBeneath copies. */
const KEPT = { maxFiles: 10_000, maxBytes: 512 * 2 ** 20 };

export async function keepFiles({ folders }: Graded, keep: string): Promise<void> {
  if (folders === null) return talk('Nothing to keep: this task is graded without a container.');
  for (const place of ['task', 'student'] as const) {
    const target = join(keep, place);
    await mkdir(target);
    const { files, leftOut } =
      'copyOut' in folders
        ? await folders.copyOut(place, target, KEPT)
        : await copyBeneath(folders[place], target, place === 'task' ? 'student' : null);
    talk(`Kept ${files - leftOut.length} files and folders of ${place}/ in ${target}`);
    for (const entry of leftOut) talk(`  left out ${harmless(entry)}`);
  }
}
