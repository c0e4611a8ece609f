// Many connections to an engine over one connection of ssh. ssh forwards the engine's socket: sshd counts forwarded
// channels neither as sessions (MaxSessions, 10) nor as logins (MaxStartups), while `docker system dial-stdio` needs a
// session for each connection. docs/decisions/0040.
import process from 'node:process';
import { AddressFault } from '../address-fault.mjs';
import { DEFAULT_SOCKET, shownPlace } from '../parse-place.mjs';
import { sshFault } from './ssh-fault.mjs';
import { makeSocketFolder } from './ssh-folder.mjs';
import { startSsh } from './ssh-process.mjs';

/** @typedef {import('../parse-place.mjs').SshPlace} SshPlace */

/**
 * @typedef {object} Tunnel
 * @property {() => Promise<string>} socket the path of a socket on this machine that leads to the engine
 * @property {() => void} close
 */

/** @typedef {{ path: string, end(): void }} Open */

/** After a failed login the next one waits: hosts lock out who tries again and again. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * @param {SshPlace} place
 * @returns {Tunnel}
 */
export function createTunnel(place) {
  /** @type {Promise<Open> | null} */
  let opening = null;
  let failures = 0;
  const forget = () => {
    opening = null;
  };
  const start = async () => {
    try {
      const open = await openForward(place, forget);
      failures = 0;
      return open;
    } catch (error) {
      setTimeout(forget, Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS)).unref();
      failures += 1;
      throw error;
    }
  };
  return {
    async socket() {
      opening ??= start();
      return (await opening).path;
    },
    close() {
      void opening?.then(({ end }) => end()).catch(() => {});
    },
  };
}

/**
 * @param {SshPlace} place
 * @param {() => void} lost
 * @returns {Promise<Open>}
 */
async function openForward(place, lost) {
  if (process.platform === 'win32') {
    throw new AddressFault(
      'Windows has no ssh that forwards sockets.',
      'Run Gradeport in WSL 2, or use tcp:// with TLS.',
    );
  }
  const remote = place.path ?? DEFAULT_SOCKET;
  const { path, remove } = makeSocketFolder();
  try {
    const first = await startSsh(place, path, remote);
    const [usable] = first.sockets.may;
    if (usable === undefined) {
      first.end();
      throw noSocket(place, first.sockets.denied[0]);
    }
    // Docker without root listens elsewhere; where, only the far side knows.
    const ssh = usable === remote ? first : await again(place, path, usable, first);
    void ssh.ended.then(() => {
      remove();
      lost();
    });
    return { path, end: ssh.end };
  } catch (error) {
    remove();
    throw error instanceof AddressFault ? error : sshFault(place, error);
  }
}

/**
 * @param {SshPlace} place
 * @param {string} path
 * @param {string} usable
 * @param {import('./ssh-process.mjs').SshProcess} first
 */
async function again(place, path, usable, first) {
  first.end();
  await first.ended;
  return startSsh(place, path, usable);
}

/**
 * @param {SshPlace} place
 * @param {string | undefined} denied
 */
function noSocket(place, denied) {
  const shown = shownPlace({ ...place, path: null });
  if (denied !== undefined) {
    return new AddressFault(
      `The user of ${shown} may not use the container engine there (${denied}).`,
      'Add that user to the group docker there: sudo usermod -aG docker <user>',
    );
  }
  const where = place.path === null ? 'at the usual places' : `at ${place.path}`;
  return new AddressFault(
    `There is no socket of a container engine on ${shown}, ${where}.`,
    'Start Docker there, or give the path of its socket: ssh://user@host/path/docker.sock',
  );
}
