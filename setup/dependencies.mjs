// The packages of the project, exactly as the lock file names them.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { readOr } from './machine.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';
import { SetupError } from './steps.mjs';

const STAMP = join(root, 'node_modules/.gradeport-lock');

/** All of them, for tests and other checks. @type {import('./steps.mjs').Step} */
export const dependenciesStep = { title: 'Dependencies', run: (note) => ensureDependencies(note, false) };

/** What the server needs: also as setup/offline-packages.mjs unpacks it. @type {import('./steps.mjs').Step} */
export const serverDependenciesStep = {
  title: 'Dependencies',
  run: (note) => ensureDependencies(note, true),
};

/** Written by server/environments/archives/packages-part.ts. */
const WITHOUT_DEVELOPMENT = ' without development';

/**
 * @param {import('./steps.mjs').Note} note
 * @param {boolean} isServerEnough
 */
async function ensureDependencies(note, isServerEnough) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  // The stamp is in node_modules, which npm ci removes first: a half-done install leaves none.
  const stamp = readOr(STAMP).trim();
  if (stamp === wanted || (isServerEnough && stamp === wanted + WITHOUT_DEVELOPMENT)) return false;
  // npm's other output is about engines and deprecations; the lines about downloads show progress.
  const noteFetched = (/** @type {string} */ line) => {
    const url = line.match(/^npm http fetch GET 200 (\S+)/)?.[1];
    if (url) note(`npm ci: ${basename(url)}`);
  };
  note('npm ci');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=http'];
  await run(...npm(args), { cwd: root, note: noteFetched, next: 'npm ci' }).catch(explain);
  writeFileSync(STAMP, `${wanted}\n`);
  return true;
}

/**
 * npm says where it is itself: on Windows the `npm` of the PATH is a script for the shell, which Node does not start.
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
function npm(args) {
  const script = process.env['npm_execpath'] ?? '';
  return /npm-cli\.[cm]?js$/.test(script) ? [process.execPath, [script, ...args]] : ['npm', args];
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function explain(error) {
  if (!(error instanceof SetupError) || !/EACCES|EPERM/.test(error.message)) throw error;
  const why = `this user may not write to ${join(root, 'node_modules')}: another user, such as root, installed there`;
  throw new SetupError(why, `sudo chown -R "$(id -un)" "${root}"   (then: npm start)`);
}
