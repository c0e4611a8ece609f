/** Only root may mount a small disk that is really full, and not in every container; elsewhere such a test is skipped. */
import { execFileSync } from 'node:child_process';

export const canMount = ((): boolean => {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
