// Makes sure that a container engine answers; installs and starts one where that is possible.
import { installPackages } from './apt.mjs';
import { isConfigured, mergeDaemonConfig } from './daemon-config.mjs';
import { ourDaemon, reloadDaemon, startDaemon } from './daemon.mjs';
import { engineAddress, isDefaultAddress, ping, runtimes } from './engine-api.mjs';
import { canInstall, hasSystemd, which } from './machine.mjs';
import { run } from './run.mjs';
import { ensureRunsc } from './runsc.mjs';
import { hint, SetupError } from './steps.mjs';

const PACKAGES = ['docker.io', 'containerd', 'runc', 'crun', 'iptables'];

/** @type {import('./steps.mjs').Step} */
export const engineStep = { title: 'Container engine', run: ensureEngine };

/** @param {import('./steps.mjs').Note} note */
export async function ensureEngine(note) {
  if (await ping()) return completeRuntimes(note);
  if (!isDefaultAddress()) {
    throw new SetupError(`no engine answers on ${engineAddress()}`, 'start that engine, or: unset DOCKER_HOST');
  }
  if (!canInstall()) throw cannotInstall();
  // Who configured an engine before us decides how it runs; we only start it.
  const isOperators = hasSystemd() && isConfigured();
  if (!which('dockerd')) note('installing Docker');
  if (isOperators) await installPackages(['docker.io'].filter(() => !which('dockerd')), note);
  else await installEngine(note);
  if (hasSystemd()) await startService(note);
  else await startDaemon(note);
  return true;
}

/** @param {import('./steps.mjs').Note} note */
async function installEngine(note) {
  // A dockerd from elsewhere (Docker's own packages) conflicts with Debian's: keep it, add only the rest.
  const packages = which('dockerd') ? ['crun', 'iptables'] : PACKAGES;
  await installPackages(packages, note);
  await ensureRunsc(note);
  mergeDaemonConfig();
}

/** @param {import('./steps.mjs').Note} note */
async function startService(note) {
  note('starting the docker service');
  const next = 'systemctl status docker';
  await run('systemctl', ['enable', '--now', 'docker'], { note, next });
  // The package may have started it before our configuration was there.
  await run('systemctl', ['reload', 'docker'], { note, next });
  if (!(await ping())) throw new SetupError('the docker service does not answer', next);
}

/**
 * An engine answers: adds the runtimes it lacks if we started it, else says what they would be good for.
 * @param {import('./steps.mjs').Note} note
 */
async function completeRuntimes(note) {
  const known = await runtimes();
  const lacking = ['crun', 'runsc'].filter((name) => !known.includes(name));
  if (lacking.length === 0) return false;
  if (ourDaemon() && canInstall()) return addRuntimes(note);
  hint(`the engine has no ${lacking.join(' and no ')}; crun starts containers faster, runsc (gVisor) lets`);
  hint('students be root. To use them: install them and name them under "runtimes" in its daemon.json');
  return false;
}

/** @param {import('./steps.mjs').Note} note */
async function addRuntimes(note) {
  await installEngine(note);
  reloadDaemon();
  return true;
}

function cannotInstall() {
  const why = `no container engine answers on ${engineAddress()}, and set-up installs one only as root on Debian or Ubuntu`;
  const steps = [
    'install Docker: https://docs.docker.com/engine/install/',
    'sudo systemctl enable --now docker',
    'sudo usermod -aG docker "$USER"   (then log in again)',
    'npm start',
  ];
  return new SetupError(why, steps.join('\n        '));
}
