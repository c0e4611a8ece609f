/** What is wrong with a sample on a new image: beside what it says, and beside what the image before it did. */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../server/model/collections.ts';
import { outcomeWithoutRun } from '../../../server/model/outcome-without-run.ts';
import { differencesOf } from '../../../server/samples/sample-runner.ts';
import { compare } from '../../../server/samples/self-check.ts';

const base = outcomeWithoutRun({ kind: 'finished', exitCode: 0 });
const graded = (grade: number, differences: string[] = [], verdict: Outcome['verdict'] = 'success') => ({
  differences,
  outcome: { ...base, verdict, grade },
});
const own = { recorded: false };
const recorded = { recorded: true };

describe('a sample', () => {
  test('that says no grade must get the one that it got before', () => {
    expect(differencesOf(own, graded(100), graded(100))).toEqual([]);
    expect(differencesOf(own, graded(50), graded(100))).toEqual([
      'success with 50 %, where the revision that grades now says success with 100 %',
    ]);
    expect(differencesOf(own, graded(50), null)).toEqual([]);
  });

  test('that is wrong is wrong, also where it was wrong before', () => {
    expect(differencesOf(own, graded(50, ['expected 100']), graded(50, ['expected 100']))).toEqual([
      'expected 100',
    ]);
  });

  test('that could not be graded says why', () => {
    expect(differencesOf(own, { differences: ['no image'], outcome: null }, graded(100))).toEqual([
      'no image',
    ]);
  });
});

describe('a recorded submission', () => {
  test('counts only where the new image grades it otherwise than the one before', () => {
    expect(differencesOf(recorded, graded(50, ['expected 100']), graded(50, ['expected 100']))).toEqual([]);
    expect(differencesOf(recorded, graded(40, ['expected 100']), graded(50, ['expected 100']))).toEqual([
      'expected 100',
    ]);
    expect(differencesOf(recorded, graded(50, ['grade', 'problem']), graded(50, ['grade']))).toEqual([
      'grade',
      'problem',
    ]);
    expect(differencesOf(recorded, graded(50, ['expected 100']), null)).toEqual(['expected 100']);
  });
});

describe('words in the feedback', () => {
  const outcome: Outcome = {
    ...base,
    verdict: 'success',
    report: { ...base.report, text: 'All well.', problems: { q: ['success', 'Line 3 is fine.'], r: 'Hm.' } },
  };
  test('are looked for in the grader’s text and in those of the problems', () => {
    expect(compare({ verdict: 'success', text: ['All', 'Line 3', 'Hm'] }, outcome)).toEqual([]);
    expect(compare({ verdict: 'success', text: ['Line 4'] }, outcome)).toEqual([
      'expected the feedback to say "Line 4", got "All well. Line 3 is fine. Hm."',
    ]);
    expect(compare({ verdict: 'success', text: ['x'] }, { ...outcome, report: base.report })).toEqual([
      'expected the feedback to say "x", got no feedback',
    ]);
  });
});
