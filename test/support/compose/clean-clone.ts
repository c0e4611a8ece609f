/** What a person gets who clones the repository: the files that git knows, or would know after the next commit. */

import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { mustRun } from './run.ts';

export async function cleanClone(folder: string): Promise<void> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = (await mustRun('git', args, { cwd: PROJECT_FOLDER }))
    .split('\0')
    .filter((name) => name !== '');
  for (const name of names.filter((one) => existsSync(join(PROJECT_FOLDER, one)))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await cp(join(PROJECT_FOLDER, name), join(folder, name), { verbatimSymlinks: true });
  }
}
