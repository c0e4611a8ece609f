// The one place that decides where the container engine is. Set-up uses it before any dependency is installed: Node 20
// runs it as it is. The order is that of Docker's command line: DOCKER_HOST, DOCKER_CONTEXT, the current context, the
// usual socket. Only then, a socket where engines without root and those of desktops listen.
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { currentContext, readContext } from './docker-contexts.mjs';
import { isSocket, otherSockets } from './known-sockets.mjs';
import { DEFAULT_PIPE, DEFAULT_SOCKET, parsePlace, shownPlace } from './parse-place.mjs';
import { readTls } from './tls-files.mjs';

/** @typedef {import('./parse-place.mjs').Place} Place */
/** @typedef {import('./known-sockets.mjs').Machine & { platform: NodeJS.Platform }} Machine */

/**
 * @typedef {object} EngineAddress
 * @property {Place} place
 * @property {string} shown for people; without secrets
 * @property {'DOCKER_HOST' | 'context' | 'default' | 'found'} origin
 * @property {string} from where it was taken, as part of a sentence
 * @property {string | null} note what people might not expect
 */

/** @returns {Machine} */
const thisMachine = () => ({
  env: process.env,
  home: homedir(),
  uid: process.getuid?.() ?? null,
  platform: process.platform,
  isSocket,
});

/**
 * @param {Machine} machine
 * @returns {EngineAddress} throws an AddressFault when what is configured cannot be an address
 */
export function chooseAddress(machine = thisMachine()) {
  const { env, home } = machine;
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host) {
    const place = parsePlace(host, 'DOCKER_HOST', () => tlsOf(env, folder));
    return {
      place,
      shown: shownPlace(place),
      origin: 'DOCKER_HOST',
      from: 'DOCKER_HOST',
      note: ignored(env),
    };
  }
  const chosen = env['DOCKER_CONTEXT']
    ? { name: env['DOCKER_CONTEXT'], file: 'DOCKER_CONTEXT' }
    : currentContext(folder);
  if (chosen === null || chosen.name === 'default') return usual(machine);
  const context = readContext(folder, chosen.name, chosen.file);
  const from = `the context "${chosen.name}" (${chosen.file})`;
  const place = parsePlace(context.host, from, () => context.tls);
  return { place, shown: shownPlace(place), origin: 'context', from, note: null };
}

/** @param {NodeJS.ProcessEnv} env */
const ignored = (env) =>
  env['DOCKER_CONTEXT'] ? 'DOCKER_CONTEXT is set, too; DOCKER_HOST comes first.' : null;

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 */
function tlsOf(env, folder) {
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  return verify || env['DOCKER_TLS'] ? readTls(env['DOCKER_CERT_PATH'] || folder, verify) : null;
}

/**
 * @param {Machine} machine
 * @returns {EngineAddress}
 */
function usual(machine) {
  if (machine.platform === 'win32') return at(DEFAULT_PIPE, 'default', 'the default', null);
  if (machine.isSocket(DEFAULT_SOCKET)) return at(DEFAULT_SOCKET, 'default', 'the default', null);
  const [other] = otherSockets(machine);
  if (other === undefined) return at(DEFAULT_SOCKET, 'default', 'the default', null);
  const note = `There is no ${DEFAULT_SOCKET}, so the socket of ${other.name} is taken.`;
  return at(other.path, 'found', `found: ${other.name}`, note);
}

/**
 * @param {string} path
 * @param {EngineAddress['origin']} origin
 * @param {string} from
 * @param {string | null} note
 * @returns {EngineAddress}
 */
function at(path, origin, from, note) {
  const place = /** @type {const} */ ({ kind: 'socket', path });
  return { place, shown: shownPlace(place), origin, from, note };
}

/** Sockets of engines beside the chosen one, for the sentence when this user may not use that. */
export const socketsBeside = (/** @type {string} */ path, machine = thisMachine()) =>
  otherSockets(machine).filter((other) => other.path !== path);
