// The few requests that the set-up sends to a container engine, over its HTTP API and without its command line client.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

export const DEFAULT_SOCKET = '/var/run/docker.sock';
const PAUSE_MS = 120_000;

/** The engine's name in messages. */
export const engineAddress = () => process.env['DOCKER_HOST'] || `unix://${DEFAULT_SOCKET}`;

/** True when the engine is on this machine, at the address that our own would have. */
export const isDefaultAddress = () => /^unix:\/\/(\/var)?\/run\/docker\.sock$/.test(engineAddress());

/** @returns {https.RequestOptions & { secure?: boolean }} */
function connection() {
  const address = engineAddress();
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length) };
  const { hostname, port } = new URL(address.replace(/^tcp:/, 'http:'));
  const certificates = process.env['DOCKER_CERT_PATH'];
  if (!process.env['DOCKER_TLS_VERIFY'] || !certificates) return { host: hostname, port: port || 2375 };
  const read = (/** @type {string} */ name) => readFileSync(join(certificates, name));
  const keys = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  return { host: hostname, port: port || 2376, secure: true, ...keys };
}

/**
 * @typedef {object} Call
 * @property {string} [method]
 * @property {import('node:stream').Readable} [body]
 * @property {number} [firstMs] give up after this time without a first byte; later pauses may be longer
 * @property {(line: string) => void} [onLine] called for each line of the answer as it comes
 */

/**
 * @param {string} path
 * @param {Call} [call]
 * @returns {Promise<{ status: number, text: string }>}
 */
export function ask(path, { method = 'GET', body, firstMs = 10_000, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const { secure, ...to } = connection();
    const request = (secure ? https : http).request({ ...to, path, method, agent: false }, (response) => {
      /** @type {string[]} */
      const lines = [];
      response.once('data', () => request.setTimeout(Math.max(firstMs, PAUSE_MS)));
      createInterface(response).on('line', (line) => {
        lines.push(line);
        onLine?.(line);
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: lines.join('\n') }));
      response.once('error', reject);
    });
    request.setTimeout(firstMs, () => request.destroy(new Error('the engine does not answer')));
    request.once('error', reject);
    if (!body) return request.end();
    body.once('error', (error) => request.destroy(error));
    return body.pipe(request);
  });
}

/** True when an engine answers. */
export async function ping() {
  try {
    return (await ask('/_ping', { firstMs: 3000 })).status === 200;
  } catch {
    return false;
  }
}

/** @returns {Promise<string[]>} the names of the runtimes that the engine knows */
export async function runtimes() {
  const { text } = await ask('/info');
  return Object.keys(JSON.parse(text).Runtimes ?? {});
}
