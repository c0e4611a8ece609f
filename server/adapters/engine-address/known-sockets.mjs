// Where engines of one user listen when the usual socket is not there.
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ env: NodeJS.ProcessEnv, home: string, uid: number | null, isSocket(path: string): boolean }} Machine */

/**
 * @param {Machine} machine
 * @returns {{ name: string, path: string }[]} those that are there, the first one first
 */
export function otherSockets({ env, home, uid, isSocket }) {
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${uid}`;
  const places = [
    { name: 'Docker without root', path: join(runtime, 'docker.sock') },
    { name: 'Docker Desktop', path: join(home, '.docker/run/docker.sock') },
    { name: 'Docker Desktop', path: join(home, '.docker/desktop/docker.sock') },
    { name: 'OrbStack', path: join(home, '.orbstack/run/docker.sock') },
    { name: 'Colima', path: join(home, '.colima/default/docker.sock') },
    { name: 'Colima', path: join(home, '.config/colima/default/docker.sock') },
    { name: 'Rancher Desktop', path: join(home, '.rd/docker.sock') },
    { name: 'Podman without root', path: join(runtime, 'podman/podman.sock') },
    { name: 'Podman', path: '/run/podman/podman.sock' },
  ];
  return places.filter(({ path }) => isSocket(path));
}

/** @param {string} path */
export function isSocket(path) {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}
