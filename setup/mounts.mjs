// How this machine's mounts appear to an engine that we start ourselves.
import { readOr } from './machine.mjs';
import { run } from './run.mjs';

/** One line per mount: see proc_pid_mountinfo(5). */
const mounts = () => readOr('/proc/self/mountinfo').split('\n').filter(Boolean);

const mountPointOf = (/** @type {string} */ line) => line.split(' ')[4];
const typeOf = (/** @type {string} */ line) => line.split(' - ')[1]?.split(' ')[0];

/**
 * Hybrid: cgroup v1 controllers with the v2 tree beside them. crun refuses to work there, so the engine gets
 * a mount namespace without the v2 tree.
 */
export function hasHybridCgroups() {
  const hasV1 = mounts().some((line) => typeOf(line) === 'cgroup');
  return hasV1 && mounts().some((line) => mountPointOf(line) === '/sys/fs/cgroup/unified');
}

/**
 * Gradeport mounts a small tmpfs per run; an engine in a separate mount namespace sees those only when the
 * mounts are shared (systemd makes them so on its machines).
 */
export async function shareMounts() {
  const root = mounts().findLast((line) => mountPointOf(line) === '/');
  if (root?.split(' - ')[0]?.includes(' shared:')) return;
  await run('mount', ['--make-rshared', '/']);
}
