// Opens one connection to the engine: to a socket, by TCP, by TCP with TLS, or through ssh.
import net from 'node:net';
import tls from 'node:tls';

/** @typedef {import('./parse-place.mjs').TcpPlace} TcpPlace */

/** A host that takes no connections at all does not answer; the system would wait for minutes. */
const CONNECT_MS = 10_000;
const ALIVE_MS = 15_000;

/**
 * @param {import('./parse-place.mjs').Place} place
 * @param {() => import('./ssh/ssh-tunnel.mjs').Tunnel} tunnel opened for ssh only
 * @returns {Promise<net.Socket>}
 */
export async function reach(place, tunnel) {
  if (place.kind === 'socket') return connected(net.connect({ path: place.path }), 'connect');
  if (place.kind === 'ssh') return connected(net.connect({ path: await tunnel().socket() }), 'connect');
  const { host, port } = place;
  const socket = place.tls
    ? await connected(tls.connect({ host, port, ...optionsOf(host, place.tls) }), 'secureConnect')
    : await connected(net.connect({ host, port }), 'connect');
  // Frames are small; and a host that vanished without a word must be noticed while nothing is asked.
  socket.setNoDelay(true);
  socket.setKeepAlive(true, ALIVE_MS);
  return socket;
}

/**
 * @param {string} host
 * @param {import('./parse-place.mjs').Tls} files
 * @returns {tls.ConnectionOptions}
 */
function optionsOf(host, { ca, cert, key, verify }) {
  return {
    rejectUnauthorized: verify,
    // TLS has no server names that are numbers.
    ...(net.isIP(host) === 0 && { servername: host }),
    ...(ca !== null && { ca }),
    ...(cert !== null && key !== null && { cert, key }),
  };
}

/**
 * @template {net.Socket} T
 * @param {T} socket
 * @param {'connect' | 'secureConnect'} event
 * @returns {Promise<T>}
 */
function connected(socket, event) {
  return new Promise((resolve, reject) => {
    const end = () =>
      socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    // One look more: this process may have been too busy to notice that it is connected.
    const late = setTimeout(() => setImmediate(() => isWaiting && end()), CONNECT_MS);
    let isWaiting = true;
    const settle = () => {
      isWaiting = false;
      clearTimeout(late);
    };
    /** @param {Error} [error] */
    const failed = (error) => {
      settle();
      reject(error ?? Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    };
    const closed = () => failed();
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once(event, () => {
      settle();
      socket.off('error', failed);
      socket.off('close', closed);
      resolve(socket);
    });
  });
}
