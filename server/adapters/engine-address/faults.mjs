// What a connection to the engine fails with → a sentence, and what to do next.
import { AddressFault } from './address-fault.mjs';
import { socketsBeside } from './choose-address.mjs';
import { tlsFault } from './tls-faults.mjs';

/** @typedef {import('./choose-address.mjs').EngineAddress} EngineAddress */

/**
 * @param {EngineAddress} address
 * @param {unknown} error
 * @returns {AddressFault | null} null: it is not about the way there
 */
export function faultOf(address, error) {
  if (error instanceof AddressFault) return error;
  if (!(error instanceof Error)) return null;
  const { place } = address;
  const code = 'code' in error ? String(error.code) : '';
  const fault = (/** @type {string} */ what, next = startIt(address)) =>
    new AddressFault(`The container engine does not answer: ${what}.`, next, { cause: error });
  const broken = /^(ECONNRESET|EPIPE)$/.test(code);
  if (place.kind === 'ssh' && (broken || /^(ENOENT|ECONNREFUSED)$/.test(code)))
    return fault(...throughSsh(address));
  if (place.kind === 'tcp') {
    const about = tlsFault(address, place, code, error);
    if (about !== null) return fault(...about);
  }
  const { shown, from } = address;
  if (code === 'EACCES' || code === 'EPERM') return notAllowed(address, error);
  if (code === 'ENOENT') return fault(`there is no socket ${shown} (${from})`);
  if (code === 'ECONNREFUSED') return fault(`nothing listens on ${shown} (${from})`);
  if (code === 'ENOTSOCK') return fault(`${shown} is no socket (${from})`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fault(`the name in ${shown} is not known (${from})`);
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/.test(code)) {
    return fault(`${shown} cannot be reached (${from})`);
  }
  return broken ? fault(`the connection to ${shown} broke (${from})`) : null;
}

/** @param {EngineAddress} address */
function startIt({ origin }) {
  if (origin === 'DOCKER_HOST') return 'Start that engine, or: unset DOCKER_HOST';
  if (origin === 'context') return 'Start that engine, or choose another: docker context use default';
  return 'Start it (npm run engine -- start), or set DOCKER_HOST.';
}

/**
 * @param {EngineAddress} address
 * @param {Error} cause
 */
function notAllowed({ place, shown, from }, cause) {
  const path = place.kind === 'socket' ? place.path : '';
  const [other] = socketsBeside(path);
  const instead = other ? `, or use the socket of ${other.name}: DOCKER_HOST=unix://${other.path}` : '';
  return new AddressFault(
    `This user may not talk to the container engine at ${shown} (${from}).`,
    `Run as root, or join the group that owns the socket (sudo usermod -aG docker "$USER", then log in again)${instead}.`,
    { cause },
  );
}

/**
 * sshd gives the same answer for both reasons.
 * @param {EngineAddress} address
 * @returns {[what: string, next: string]}
 */
const throughSsh = ({ shown, from }) => [
  `the engine's socket behind ${shown} takes no connection (${from})`,
  'Start Docker there (sudo systemctl start docker), and see that its sshd allows forwarding: AllowStreamLocalForwarding yes',
];
