/** The result of a test in one sentence: the same in jobs, history, pages and commands. */
import type { TestSummary } from '../../discovery/environment.ts';
import type { CaseOutcome } from '../port.ts';

export const samplesText = (count: number): string => (count === 1 ? '1 sample' : `${count} samples`);

export const countWrong = (cases: readonly CaseOutcome[]): number =>
  cases.filter(({ differences }) => differences.length > 0).length;

export function testText({ cases, failed }: Pick<TestSummary, 'cases' | 'failed'>): string {
  if (cases === 0) return 'Tested nothing: neither the image nor a task that uses it has samples';
  return failed === 0
    ? `All as expected: ${samplesText(cases)}`
    : `Not as expected: ${failed} of ${samplesText(cases)}`;
}

export const testSentence = (cases: readonly CaseOutcome[]): string =>
  `${testText({ cases: cases.length, failed: countWrong(cases) })}.`;
