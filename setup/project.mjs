// The checkout, and how the set-up starts its programs on the Node that the project pins.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules/.bin');

/**
 * Windows has scripts for its own shell in node_modules/.bin; Node itself is a program there, and needs none.
 * @param {string} program
 */
const pathOf = (program) =>
  process.platform === 'win32' && program === 'node'
    ? join(root, 'node_modules/node/bin/node.exe')
    : join(bin, program);

/**
 * Starts a program of node_modules/.bin in the foreground.
 * @param {string} program
 * @param {string[]} args
 */
export function start(program, args) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  return spawn(pathOf(program), args, { cwd: root, env, stdio: 'inherit' });
}

/**
 * @param {string[]} args
 */
export const startGradeport = (args) => start('node', [join(root, 'bin/gradeport.mjs'), ...args]);

/** Signals to pass on. Ctrl-C reaches the server directly as well; it treats the two as one. */
export const STOP_SIGNALS = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} its exit code; after a signal, the code that a shell would report
 */
export function exitCode(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 128 + (SIGNAL_NUMBERS[child.signalCode ?? ''] ?? 0)));
  });
}

/** @type {Record<string, number>} */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
