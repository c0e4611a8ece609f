// A temporary folder that is removed however the set-up ends.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** @type {Set<string>} */
const folders = new Set();

/** @param {string} folder */
function remove(folder) {
  // A killed mmdebstrap may have left a mount in the folder, and mounted files are not ours. Only Linux has both, the
  // program and an option of rm that stays out of mounts.
  if (process.platform === 'linux') spawnSync('rm', ['-rf', '--one-file-system', '--', folder]);
  else rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

process.on('exit', () => {
  for (const folder of folders) remove(folder);
});

/** @type {[NodeJS.Signals, () => void][]} without a handler a signal ends the process without its `exit` event */
const signalHandlers = [
  ['SIGINT', () => process.exit(130)],
  ['SIGTERM', () => process.exit(143)],
  ['SIGHUP', () => process.exit(129)],
];

/**
 * @template T
 * @param {(folder: string) => Promise<T>} use
 * @param {string} [parent]
 * @returns {Promise<T>}
 */
export async function withTempFolder(use, parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'gradeport-'));
  folders.add(folder);
  for (const [signal, handler] of signalHandlers) process.on(signal, handler);
  try {
    return await use(folder);
  } finally {
    for (const [signal, handler] of signalHandlers) process.off(signal, handler);
    remove(folder);
  }
}
