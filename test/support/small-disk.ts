/** A small disk that is really full. Only root may mount one, and not in every container; elsewhere its tests are skipped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { mountMemory, unmount } from '../../server/execution/slots/policy/mounts.ts';
import { tempFolder } from './store/temp-folder.ts';

const whyNot = ((): string | null => {
  if (process.getuid?.() !== 0) return 'only root may mount a small disk';
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `a small disk cannot be mounted: ${error instanceof Error ? error.message.trim() : error}`;
  }
})();
if (whyNot !== null) console.warn(`Tests of full disks are skipped: ${whyNot}.`);

export const canMount = whyNot === null;

/** A file system in memory until the test is over. @param options of mount(8), such as "size=1m" */
export async function smallDisk(options: string): Promise<string> {
  const folder = join(tempFolder(), 'disk');
  mkdirSync(folder);
  await mountMemory(folder, options);
  onTestFinished(() => unmount(folder));
  return folder;
}
