/** Puts the demo course into the data folder, once; from then on it is the teacher's to change. */
import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export const DEMO_COURSE = 'demo';

/** @returns whether this call copied the course */
export async function installDemoCourse(projectFolder: string, coursesFolder: string): Promise<boolean> {
  const target = join(coursesFolder, DEMO_COURSE);
  if (existsSync(target)) return false;
  // Half a course is none: a folder whose name begins with a dot is no course.
  const draft = join(coursesFolder, `.installing-${DEMO_COURSE}`);
  try {
    await rm(draft, { recursive: true, force: true });
    await cp(join(projectFolder, 'examples', DEMO_COURSE), draft, { recursive: true });
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return true;
}
