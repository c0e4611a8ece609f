// /etc/docker/daemon.json: adds what Gradeport needs and keeps everything that an operator wrote.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readOr, which } from './machine.mjs';
import { SetupError } from './steps.mjs';

const FILE = '/etc/docker/daemon.json';

// gVisor: no network stack at all, and files written to the container's root count as its memory, so that a
// student who is root in there cannot fill the host's disk.
const RUNSC_ARGS = ['--network=none', '--overlay2=root:memory'];

export const isConfigured = () => existsSync(FILE);

/** @returns {Record<string, { path: string, runtimeArgs?: string[] }>} */
function installedRuntimes() {
  const crun = which('crun');
  const runsc = which('runsc');
  return {
    ...(crun && { crun: { path: crun } }),
    ...(runsc && { runsc: { path: runsc, runtimeArgs: RUNSC_ARGS } }),
  };
}

/** @returns {Record<string, unknown>} */
function readConfig() {
  const text = readOr(FILE);
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new SetupError(`${FILE} is not valid JSON (${error})`, `edit ${FILE}, then: npm start`);
  }
}

/**
 * Existing settings in the file take precedence over ours.
 * @returns {boolean} whether the file changed
 */
export function mergeDaemonConfig() {
  const config = readConfig();
  const operators = /** @type {object} */ (config['runtimes'] ?? {});
  const merged = {
    // Containers survive an engine that is restarted or dies.
    'live-restore': true,
    ...config,
    runtimes: { ...installedRuntimes(), ...operators },
  };
  if (JSON.stringify(sorted(merged)) === JSON.stringify(sorted(config))) return false;
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.new`, `${JSON.stringify(merged, null, 2)}\n`);
  renameSync(`${FILE}.new`, FILE);
  return true;
}

/** @param {Record<string, unknown>} config */
function sorted(config) {
  const runtimes = Object.entries(config['runtimes'] ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return Object.entries({ ...config, runtimes }).sort(([a], [b]) => a.localeCompare(b));
}
