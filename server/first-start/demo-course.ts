/** Puts the demo course into the data folder, once; from then on it is the teacher's to change. */
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

export const DEMO_COURSE = 'demo';

/** @returns whether this call copied the course */
export async function installDemoCourse(projectFolder: string, coursesFolder: string): Promise<boolean> {
  const target = join(coursesFolder, DEMO_COURSE);
  if (existsSync(target)) return false;
  await cp(join(projectFolder, 'examples', DEMO_COURSE), target, { recursive: true });
  return true;
}
