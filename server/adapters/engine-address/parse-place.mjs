// The text of an address → where that is. Nothing of a text that may hold a password is repeated.
import { AddressFault } from './address-fault.mjs';

/**
 * @typedef {object} Tls
 * @property {string} folder where its files are
 * @property {string | null} ca null: the authorities that Node trusts
 * @property {string | null} cert
 * @property {string | null} key
 * @property {boolean} verify whether the engine's certificate is checked
 */
/** @typedef {{ kind: 'socket', path: string }} SocketPlace a socket, or a pipe of Windows */
/** @typedef {{ kind: 'tcp', host: string, port: number, tls: Tls | null }} TcpPlace */
/** @typedef {{ kind: 'ssh', host: string, port: number | null, user: string | null, path: string | null }} SshPlace */
/** @typedef {SocketPlace | TcpPlace | SshPlace} Place */

export const DEFAULT_SOCKET = '/var/run/docker.sock';
export const DEFAULT_PIPE = '//./pipe/docker_engine';
const FORMS = 'unix:///path, tcp://host:port, ssh://user@host or npipe:////./pipe/name';
/** unix(7): a longer one is cut by some systems, and leads elsewhere. */
const LONGEST_PATH = 107;
const HOST = /^[\w.-]+$|^\[[\da-f:.%]+\]$/i;
const USER = /^[\w][\w.@+-]*$/;

/**
 * @param {string} text
 * @param {string} from where it was taken, for sentences
 * @param {() => Tls | null} tls called for TCP only
 * @returns {Place}
 */
export function parsePlace(text, from, tls) {
  if (text.startsWith('/')) throw pathAlone(socketAt(text, from).path, from);
  const [, scheme = 'tcp', rest = text] = /^([a-z]+):\/\/(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      return socketAt(rest || DEFAULT_SOCKET, from);
    case 'npipe':
      return { kind: 'socket', path: plain(rest || DEFAULT_PIPE, from) };
    case 'tcp':
      return tcpAt(partsOf(`tcp://${rest}`, from), from, tls());
    case 'ssh':
      return sshAt(partsOf(text, from), from);
    default:
      throw malformed(from, 'begins with something that Gradeport does not know');
  }
}

/** @param {Place} place */
export function shownPlace(place) {
  if (place.kind === 'socket') return `${place.path.startsWith('//') ? 'npipe' : 'unix'}://${place.path}`;
  if (place.kind === 'tcp')
    return `tcp://${bracketed(place.host)}:${place.port}${place.tls ? ' with TLS' : ''}`;
  const { user, host, port, path } = place;
  return `ssh://${user === null ? '' : `${user}@`}${bracketed(host)}${port === null ? '' : `:${port}`}${path ?? ''}`;
}

/** @param {string} host */
const bracketed = (host) => (host.includes(':') ? `[${host}]` : host);

/**
 * @param {string} from
 * @param {string} what
 */
const malformed = (from, what) =>
  new AddressFault(`The engine's address (${from}) ${what}.`, `Write it as ${FORMS}.`);

/**
 * @param {string} path
 * @param {string} from
 */
const pathAlone = (path, from) =>
  new AddressFault(`The engine's address (${from}) is only a path: ${path}`, `Write it as unix://${path}`);

/**
 * @param {string} path
 * @param {string} from
 */
function plain(path, from) {
  if (/\p{Cc}/u.test(path)) throw malformed(from, 'has control characters');
  return path;
}

/**
 * @param {string} path
 * @param {string} from
 * @returns {SocketPlace}
 */
function socketAt(path, from) {
  if (!path.startsWith('/')) throw malformed(from, 'has no absolute path');
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw malformed(from, `has a path of more than ${LONGEST_PATH} bytes, which no socket can have`);
  }
  return { kind: 'socket', path: plain(path, from) };
}

/**
 * @param {string} text
 * @param {string} from
 */
function partsOf(text, from) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw malformed(from, 'is not an address');
  if (url.password) throw malformed(from, 'has a password in it, which is not used');
  if (url.search || url.hash) throw malformed(from, 'has something behind "?" or "#"');
  if (url.hostname && !HOST.test(url.hostname)) throw malformed(from, 'has a host name that cannot be');
  return url;
}

/** @param {string} name */
const unbracketed = (name) => name.replace(/^\[|\]$/g, '');

/**
 * @param {URL} url
 * @param {string} from
 * @param {Tls | null} tls
 * @returns {TcpPlace}
 */
function tcpAt({ hostname, port, username, pathname }, from, tls) {
  if (username) throw malformed(from, 'has a user name in it, which is not used');
  if (pathname !== '' && pathname !== '/') throw malformed(from, 'has a path behind the port');
  const host = unbracketed(hostname) || 'localhost';
  return { kind: 'tcp', host, port: Number(port || (tls ? 2376 : 2375)), tls };
}

/**
 * @param {URL} url
 * @param {string} from
 * @returns {SshPlace}
 */
function sshAt({ hostname, port, username, pathname }, from) {
  const user = decodeURIComponent(username);
  // ssh would take what begins with "-" for an option.
  if (!hostname || hostname.startsWith('-')) throw malformed(from, 'names no host');
  if (user && !USER.test(user)) throw malformed(from, 'has a user name that cannot be');
  const path = pathname === '' || pathname === '/' ? null : decodeURIComponent(pathname);
  if (path !== null && !/^[\w./@+-]+$/.test(path))
    throw malformed(from, 'has a path that ssh cannot forward');
  return {
    kind: 'ssh',
    host: unbracketed(hostname),
    port: port ? Number(port) : null,
    user: user || null,
    path,
  };
}
