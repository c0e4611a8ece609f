// Shared by `npm test` and the long suites: runs one check after another, and prints the summary line.
import process from 'node:process';
import { exitCode, start } from './project.mjs';
import { readCounts, summary } from './test-counts.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {ChildProcess | undefined} */
let running;
let counts = { passed: 0, failed: 0, skipped: 0 };

// However the process ends (a failing step of the set-up, Ctrl-C), the last line is the summary.
process.on('exit', () => {
  running?.kill('SIGTERM');
  console.log(summary(counts));
});

/**
 * @param {string} title
 * @param {() => ChildProcess} begin
 * @returns {Promise<boolean>} whether it passed
 */
export async function check(title, begin) {
  console.log(`\n── ${title}`);
  running = begin();
  const code = await exitCode(running);
  running = undefined;
  if (code !== 0) console.log(`\n✗ ${title} failed (exit ${code})`);
  return code === 0;
}

/**
 * @param {string} title
 * @param {string} report where vitest writes its JSON report
 * @param {string[]} [options] of vitest
 */
export async function runTests(title, report, options = []) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', ...options, ...reporters];
  const passed = await check(title, () => start('vitest', args));
  counts = readCounts(report);
  const ran = counts.passed + counts.failed > 0;
  if (passed && !ran) console.log('\n✗ no test was executed');
  return passed && ran && counts.failed === 0;
}
