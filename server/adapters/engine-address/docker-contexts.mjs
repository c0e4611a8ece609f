// The contexts of Docker's command line: files below ~/.docker, written by "docker context create" and "docker context use".
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AddressFault } from './address-fault.mjs';
import { readSmall } from './bounded-file.mjs';
import { readTls } from './tls-files.mjs';

/** @typedef {import('./parse-place.mjs').Tls} Tls */

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]*$/;
const AGAIN = 'Make it again (docker context create), or choose another: docker context use default.';

/**
 * @param {string} folder Docker's own, ~/.docker
 * @returns {{ name: string, file: string } | null} null: none is chosen
 */
export function currentContext(folder) {
  const file = join(folder, 'config.json');
  const settings = readJson(file, `Correct it, or move it away; "docker context ls" reads it, too.`);
  if (settings === null) return null;
  const name = fieldOf(settings, 'currentContext');
  if (name === undefined || name === '') return null;
  if (typeof name === 'string') return { name, file };
  throw new AddressFault(`In ${file}, "currentContext" is not a name.`, AGAIN);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} from who says so
 * @returns {{ host: string, tls: Tls | null }}
 */
export function readContext(folder, name, from) {
  if (!NAME.test(name)) {
    throw new AddressFault(
      `${from} names a context that cannot be.`,
      'See which there are: docker context ls',
    );
  }
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts/meta', id, 'meta.json');
  const meta = readJson(file, AGAIN);
  if (meta === null) {
    throw new AddressFault(
      `There is no context "${name}" (${from}): ${file} is missing.`,
      'See which there are (docker context ls), then: docker context use <name>',
    );
  }
  const endpoint = fieldOf(fieldOf(meta, 'Endpoints'), 'docker');
  const host = fieldOf(endpoint, 'Host');
  if (typeof host !== 'string' || host === '') {
    throw new AddressFault(`In ${file}, "Endpoints.docker.Host" is missing or no text.`, AGAIN);
  }
  const skips = fieldOf(endpoint, 'SkipTLSVerify') ?? false;
  if (typeof skips !== 'boolean') {
    throw new AddressFault(`In ${file}, "Endpoints.docker.SkipTLSVerify" is neither true nor false.`, AGAIN);
  }
  const files = join(folder, 'contexts/tls', id, 'docker');
  return { host, tls: skips || existsSync(files) ? readTls(files, !skips) : null };
}

/**
 * @param {string} file
 * @param {string} next
 * @returns {unknown} null: there is no such file
 */
function readJson(file, next) {
  const text = readSmall(file);
  if (text === null) return null;
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The parser's message quotes the file, and config.json may hold passwords of registries.
  }
  throw new AddressFault(`${file} is damaged: it is no JSON object.`, next);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
function fieldOf(value, name) {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value)).get(name);
}
