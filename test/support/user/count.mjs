// How many tests a user without root can run, of those that root runs.
import { relative } from 'node:path';

/** Of 100 container tests. */
const ENOUGH = 90;

/**
 * @typedef {{ of: number, passed: number, failed: string[], skipped: string[], leftOut: Map<string, number> }} Count
 * @typedef {{ status: string, fullName: string }} Ran
 * @typedef {{ testResults: { name: string, assertionResults: Ran[] }[] }} Report as vitest writes it
 */

/**
 * @param {{ name: string, file: string }[]} list what root would run
 * @param {Report} report
 * @param {{ listed: string, ran: string }} checkouts
 * @returns {Count}
 */
export function countOf(list, report, { listed, ran }) {
  const results = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName }) => ({ status, file: relative(ran, name), fullName })),
  );
  const named = (/** @type {(status: string) => boolean} */ isSo) =>
    results.filter(({ status }) => isSo(status)).map(({ file, fullName }) => `${file}: ${fullName}`);
  /** @type {Map<string, number>} */
  const leftOut = new Map();
  for (const { file } of list)
    leftOut.set(relative(listed, file), (leftOut.get(relative(listed, file)) ?? 0) + 1);
  for (const { file } of results) {
    const rest = (leftOut.get(file) ?? 0) - 1;
    if (rest > 0) leftOut.set(file, rest);
    else leftOut.delete(file);
  }
  return {
    of: list.length,
    passed: results.filter(({ status }) => status === 'passed').length,
    failed: named((status) => status === 'failed'),
    skipped: named((status) => status !== 'failed' && status !== 'passed'),
    leftOut,
  };
}

/** @param {Count} count */
export const isEnough = ({ of, passed, failed }) => failed.length === 0 && passed * 100 >= of * ENOUGH;

/** @param {Count} count */
export function said({ of, passed, failed, skipped, leftOut }) {
  const part = (/** @type {string} */ title, /** @type {string[]} */ lines) =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
  return [
    `${passed} of ${of} tests pass without root (${((100 * passed) / of).toFixed(1)} %).`,
    ...part('Failed:', failed),
    ...part('Skipped:', skipped),
    ...part(
      'Left out:',
      [...leftOut].map(([file, tests]) => `${file} (${tests})`),
    ),
  ].join('\n');
}
