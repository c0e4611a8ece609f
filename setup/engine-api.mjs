// The few requests that the set-up sends to a container engine, over its HTTP API and without its command line client.
import http from 'node:http';
import { createInterface } from 'node:readline';
import { openDoor } from '../server/adapters/engine-address/engine-door.mjs';

const PAUSE_MS = 120_000;
/** ssh may have to log in first. */
const PING_MS = 3000;
const FAR_PING_MS = 30_000;

const door = openDoor();

/** Where the engine is, for messages. */
export const engineAddress = () => {
  const { shown, from } = door.address();
  return `${shown} (${from})`;
};

/** True when the engine is on this machine, at the address that our own would have. */
export const isDefaultAddress = () => {
  try {
    const { place } = door.address();
    return place.kind === 'socket' && /^(\/var)?\/run\/docker\.sock$/.test(place.path);
  } catch {
    return false; // what is configured is no address at all
  }
};

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
    const request = http.request({ agent: door.agent, path, method }, (response) => {
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
export const ping = async () => (await whyNot()) === null;

/**
 * Why no engine answers, and what to do; null: it answers.
 * @returns {Promise<{ message: string, next: string } | null>}
 */
export async function whyNot() {
  try {
    const firstMs = door.address().place.kind === 'ssh' ? FAR_PING_MS : PING_MS;
    const { status, text } = await ask('/_ping', { firstMs });
    if (status === 200) return null;
    const refused = new Error(text.slice(0, 200));
    return (
      door.faultOf(refused) ?? {
        message: `${engineAddress()} answers, but not as an engine (${status})`,
        next: LOOK,
      }
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return (
      door.faultOf(error) ?? { message: `no engine answers on ${engineAddress()}: ${message}`, next: LOOK }
    );
  }
}

const LOOK = 'See what the address leads to, or: unset DOCKER_HOST';

/** Ends ssh, if the engine is behind it. */
export const closeDoor = () => door.close();

/** @returns {Promise<string[]>} the names of the runtimes that the engine knows */
export async function runtimes() {
  const { text } = await ask('/info');
  return Object.keys(JSON.parse(text).Runtimes ?? {});
}
