// Reads small files that belong to the engine's address: settings of Docker's command line, certificates and keys.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { AddressFault } from './address-fault.mjs';

const MOST_BYTES = 2 ** 20;

/**
 * @param {string} path
 * @returns {string | null} null: there is no such file
 */
export function readSmall(path) {
  try {
    return readBounded(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (cause instanceof AddressFault) throw cause;
    throw new AddressFault(
      `${path} cannot be read (${code}).`,
      'Give the file to the user that runs Gradeport.',
      {
        cause,
      },
    );
  }
}

/** @param {string} path */
function readBounded(path) {
  const file = openSync(path, 'r');
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > MOST_BYTES) {
      throw new AddressFault(
        `${path} is no file, or larger than 1 MiB.`,
        'Put the right file there, or set DOCKER_HOST.',
      );
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
