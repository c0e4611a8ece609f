/** Scripts and styles of the pages, made before the server serves them. */
import { join } from 'node:path';
import { buildClient } from '../../web/build.ts';
import { GradeportError } from '../rules/errors.ts';

const NOT_OURS = ['EACCES', 'EPERM', 'EROFS'];

/** Nothing is written while the sources are unchanged, so that a checkout may belong to another user. */
export async function buildPages(webFolder: string): Promise<void> {
  const outFolder = join(webFolder, 'dist');
  try {
    await buildClient({ outFolder });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && NOT_OURS.includes(String(cause.code)))) throw cause;
    throw new GradeportError(
      'denied',
      `${outFolder} is missing or older than its sources, and this user may not write there. ` +
        'Start Gradeport once as the owner of that folder, or use a checkout of your own.',
      { cause },
    );
  }
}
