// sshd, for the tests of an engine behind ssh: they start it with settings of their own. Without it they are skipped.
import { existsSync } from 'node:fs';
import { installPackages } from './apt.mjs';
import { canInstall, hasSystemd } from './machine.mjs';

const SSHD = '/usr/sbin/sshd';

/** @type {import('./steps.mjs').Step} */
export const sshServerStep = { title: 'sshd, for tests', run: ensureSshServer };

/** @param {import('./steps.mjs').Note} note */
async function ensureSshServer(note) {
  if (existsSync(SSHD)) return false;
  // With systemd the package would start a server that lets people log in to this machine.
  if (hasSystemd() || !canInstall()) {
    note(`not there: ${SSHD}`);
    return false;
  }
  await installPackages(['openssh-server', 'openssh-client'], note);
  return true;
}
