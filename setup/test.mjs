// npm test: the same set-up as npm start, then every check. `npm test -- unit` runs the suites of that name.
import { join } from 'node:path';
import process from 'node:process';
import { baseImageStep } from './base-image.mjs';
import { chromiumStep } from './chromium.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { engineStep } from './engine.mjs';
import { mongoServerStep } from './mongo-server.mjs';
import { exitCode, start, startGradeport } from './project.mjs';
import { registryStep } from './registry.mjs';
import { shellsStep } from './shells.mjs';
import { fail, runSteps } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';
import { readCounts, summary } from './test-counts.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {ChildProcess | undefined} */
let running;
let counts = { passed: 0, failed: 0, skipped: 0 };

// Whatever ends us (a failing step of the set-up, Ctrl-C), the last line is the summary.
process.on('exit', () => {
  running?.kill('SIGTERM');
  console.log(summary(counts));
});

/**
 * @param {string} title
 * @param {() => ChildProcess} begin
 * @returns {Promise<boolean>} whether it passed
 */
async function check(title, begin) {
  console.log(`\n── ${title}`);
  running = begin();
  const code = await exitCode(running);
  running = undefined;
  if (code !== 0) console.log(`\n✗ ${title} failed (exit ${code})`);
  return code === 0;
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether all passed; the first failure ends it
 */
async function runChecks(folder) {
  const data = join(folder, 'data');
  return (
    (await check('style (biome)', () => start('biome', ['check', '.']))) &&
    (await check('types of the server', () => start('tsc', ['--noEmit']))) &&
    (await check('types of the web client', () => start('tsc', ['--noEmit', '-p', 'web/tsconfig.json']))) &&
    (await check('environments', () =>
      startGradeport(['serve', '--demo', '--setup-only', '--data', data]),
    )) &&
    (await runTests(join(folder, 'vitest.json')))
  );
}

/** @param {string} report */
async function runTests(report) {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const passed = await check('tests (vitest)', () => start('vitest', [...args, ...process.argv.slice(2)]));
  counts = readCounts(report);
  const ran = counts.passed + counts.failed > 0;
  if (passed && !ran) console.log('\n✗ no test was executed');
  return passed && ran && counts.failed === 0;
}

await runSteps([
  dependenciesStep,
  engineStep,
  baseImageStep,
  chromiumStep,
  registryStep,
  shellsStep,
  mongoServerStep,
]);
process.exitCode = (await withTempFolder(runChecks).catch(fail)) ? 0 : 1;
