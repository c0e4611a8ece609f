// The packages of the project, exactly as the lock file names them.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readOr } from './machine.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';

const STAMP = join(root, 'node_modules/.gradeport-lock');

/** @type {import('./steps.mjs').Step} */
export const dependenciesStep = { title: 'Dependencies', run: ensureDependencies };

/** @param {import('./steps.mjs').Note} note */
async function ensureDependencies(note) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  // The stamp is in node_modules, which npm ci removes first: a half-done install leaves none.
  if (readOr(STAMP).trim() === wanted) return false;
  // npm's other output is about engines and deprecations; the lines about downloads show progress.
  const noteFetched = (/** @type {string} */ line) => {
    const url = line.match(/^npm http fetch GET 200 (\S+)/)?.[1];
    if (url) note(`npm ci: ${basename(url)}`);
  };
  note('npm ci');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=http'];
  await run('npm', args, { cwd: root, note: noteFetched, next: 'npm ci' });
  writeFileSync(STAMP, `${wanted}\n`);
  return true;
}
