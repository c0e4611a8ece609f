// Reads vitest's JSON report for the line that ends `npm test`.
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @param {string} file
 * @returns {Counts} zeros if vitest did not get far enough to write a report
 */
export function readCounts(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.testResults.filter(failedToLoad).length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/**
 * A file with an error outside of its tests has no test to count, but it failed.
 * @param {{ status: string, assertionResults: { status: string }[] }} file
 */
const failedToLoad = ({ status, assertionResults }) =>
  status === 'failed' && !assertionResults.some((test) => test.status === 'failed');

/** @param {Counts} counts */
export const summary = ({ passed, failed, skipped }) =>
  `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;
