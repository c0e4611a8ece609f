// Makes sure that a container engine answers; installs and starts one where that is possible.
import { installPackages } from './apt.mjs';
import { ourDaemon, reloadDaemon, startDaemon } from './daemon.mjs';
import { isConfigured, mergeDaemonConfig } from './daemon-config.mjs';
import { engineAddress, isDefaultAddress, ping, runtimes, whyNot } from './engine-api.mjs';
import { canInstall, hasSystemd, osRelease, which } from './machine.mjs';
import { run } from './run.mjs';
import { ensureRunsc } from './runsc.mjs';
import { hint, SetupError } from './steps.mjs';

// Machines have mount, but not every container does.
const ADDITIONS = ['crun', 'iptables', 'mount'];

/** @type {import('./steps.mjs').Step} */
export const engineStep = { title: 'Container engine', run: ensureEngine };

/** @param {import('./steps.mjs').Note} note */
async function ensureEngine(note) {
  const why = await whyNot();
  if (why === null) return checkRuntimes();
  // An operator who names an engine wants that one, and no other beside it.
  if (!isDefaultAddress()) throw new SetupError(why.message, why.next);
  if (!canInstall()) throw cannotInstall(why);
  if (!(hasSystemd() && isConfigured())) await installEngine(note);
  // A user who configured an engine before decides how it runs; we only start it.
  else if (!which('dockerd')) await installPackages(['docker.io'], note);
  if (hasSystemd()) await startService(note);
  else await startDaemon(note);
  return true;
}

/** A dockerd from elsewhere (Docker's own packages) conflicts with Debian's: it stays, only the rest is added. */
const packages = () => [
  ...ADDITIONS,
  ...(which('dockerd') ? [] : ['docker.io', 'containerd', 'runc']),
  ...(which('docker') ? [] : commandLinePackages(osRelease())),
];

/**
 * Since Debian 13 docker.io no longer contains `docker`. Debian's next version has no VERSION_ID until its release.
 * @param {Record<string, string>} release
 */
export const commandLinePackages = ({ ID, VERSION_ID = 'next' }) =>
  ID === 'debian' && !(Number(VERSION_ID) < 13) ? ['docker-cli'] : [];

/** @param {import('./steps.mjs').Note} note */
async function installEngine(note) {
  await installPackages(packages(), note);
  await ensureRunsc(note);
  mergeDaemonConfig();
}

/** @param {import('./steps.mjs').Note} note */
async function startService(note) {
  note('starting the docker service');
  const next = 'systemctl status docker';
  await run('systemctl', ['enable', '--now', 'docker'], { note, next });
  // The package may have started it before our configuration existed.
  await run('systemctl', ['reload', 'docker'], { note, next });
  if (!(await ping())) throw new SetupError('the docker service does not answer', next);
}

/** An engine answers: missing parts are worth a hint, but not an attempt to install them at every start. */
async function checkRuntimes() {
  const known = await runtimes();
  const lacking = ['crun', 'runsc'].filter((name) => !known.includes(name));
  if (lacking.length === 0) return false;
  hint(`the engine has no ${lacking.join(' and no ')}; crun is faster, runsc (gVisor) lets students be root`);
  const ours = isDefaultAddress() && ourDaemon();
  hint(
    ours
      ? 'to add them: npm run engine -- start'
      : 'to add them: name them under "runtimes" in its daemon.json',
  );
  return false;
}

/**
 * Adds the runtimes that our own dockerd lacks.
 * @param {import('./steps.mjs').Note} note
 */
export async function addRuntimes(note) {
  if (!isDefaultAddress() || !ourDaemon() || !canInstall()) return false;
  await installPackages(packages(), note);
  await ensureRunsc(note);
  if (!mergeDaemonConfig()) return false;
  reloadDaemon();
  return true;
}

/** @param {{ message: string, next: string, cause?: unknown }} found */
function cannotInstall({ message, next, cause }) {
  const isThere = cause instanceof Error && 'code' in cause && cause.code !== 'ENOENT';
  // It runs, but not for this user, or it is installed and stopped.
  if (isThere) return new SetupError(message, next);
  const why = `no container engine answers on ${engineAddress()}, and set-up installs one only as root on Debian or Ubuntu`;
  const steps = [
    'install Docker: https://docs.docker.com/engine/install/',
    'sudo systemctl enable --now docker',
    'sudo usermod -aG docker "$USER"   (then log in again)',
    'npm start',
  ];
  return new SetupError(why, steps.join('\n        '));
}
