// Runs one command of the machine, shows its latest line of output, and explains a failure.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { SetupError } from './steps.mjs';

const TAIL_LINES = 12;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

// A command must not outlive the set-up that waits for it (Ctrl-C reaches it anyway, SIGTERM does not).
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/**
 * @typedef {object} RunOptions
 * @property {import('./steps.mjs').Note} [note]
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {string} [next] what to type after a failure
 */

/**
 * Resolves to what the command wrote to stdout.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, options = {}) {
  const env = { ...process.env, ...options.env };
  const child = spawn(command, args, { env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  /** @type {string[]} */
  const stdout = [];
  /** @type {string[]} */
  const tail = [];
  /** @param {string} line */
  const hear = (line) => {
    if (line.trim() === '') return;
    options.note?.(line);
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  };
  createInterface(child.stdout).on('line', (line) => {
    stdout.push(line);
    hear(line);
  });
  createInterface(child.stderr).on('line', hear);
  const end = await ended(child);
  running.delete(child);
  if (end === 0) return stdout.join('\n');
  const commandLine = [command, ...args].join(' ');
  const output = tail.map((line) => `\n    ${line}`).join('');
  throw new SetupError(`"${commandLine}" failed (${end})${output}`, options.next ?? commandLine);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number | string>} the exit code, or why there is none
 */
function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? `killed by ${signal}`));
  });
}
