// A user of this machine, in the group of the engine's socket and no other, with a checkout at home; gone at the end.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../../../setup/project.mjs';
import { run } from '../../../setup/run.mjs';

const GROUP = 'docker';
/** How programs reach what they download, and which engine is meant. */
const KEPT = /^(LANG|TERM|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy|DOCKER_HOST)$/i;

export async function addUser() {
  const name = `gradeport-test-${process.pid}`;
  await run('useradd', ['--create-home', '--groups', GROUP, '--shell', '/bin/sh', name]);
  // However the run ends: Ctrl-C, too.
  process.on('exit', () => removeUser(name));
  const home = (await run('getent', ['passwd', name])).split(':')[5] ?? '';
  const checkout = join(home, 'gradeport');
  await run('git', ['clone', '--quiet', '--depth=1', `file://${root}`, checkout]);
  await run('cp', ['--archive', join(root, 'node_modules'), join(checkout, 'node_modules')]);
  await run('chown', ['--recursive', '--no-dereference', `${name}:${name}`, checkout]);
  return { name, home, checkout };
}

/** @param {string} name */
function removeUser(name) {
  // What still runs for it would keep its folder in use.
  const left = spawnSync('ps', ['-u', name, '-o', 'pid='], { encoding: 'utf8' }).stdout.split('\n');
  for (const pid of left.map(Number).filter((id) => id > 0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
  const { status, stderr } = spawnSync('userdel', ['--remove', '--force', name], { encoding: 'utf8' });
  if (status !== 0) console.error(`The user ${name} is still there: ${stderr}`);
}

/**
 * @param {{ name: string, home: string, checkout: string }} user
 * @param {string[]} command
 */
export function asUser({ name, home, checkout }, command) {
  const env = Object.entries(process.env).filter(([variable]) => KEPT.test(variable));
  // Not the PATH of npm, which leads to root's packages.
  const path = `${join(checkout, 'node_modules/.bin')}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
  const own = { HOME: home, USER: name, LOGNAME: name, NO_COLOR: '1', PATH: path };
  const variables = [...env, ...Object.entries(own)].map(([key, value]) => `${key}=${value}`);
  return ['runuser', '-u', name, '--', 'env', '-i', ...variables, ...command];
}
