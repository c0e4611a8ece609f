/** Only root may mount a small disk that is really full, and not in every container; elsewhere such a test is skipped. */
import { execFileSync } from 'node:child_process';

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
