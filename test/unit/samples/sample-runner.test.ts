/** What is wrong with a sample on a new image: beside what it says, and beside what the image before it did. */
import { describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../../server/model/collections.ts';
import { outcomeWithoutRun } from '../../../server/model/outcome-without-run.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { differencesOf, patiently } from '../../../server/samples/sample-runner.ts';
import { compare } from '../../../server/samples/self-check.ts';
import type { Grader } from '../../../server/worker/grade-task.ts';
import { taskNamed } from '../../support/http/course.ts';

const base = outcomeWithoutRun({ kind: 'finished', exitCode: 0 });
const graded = (grade: number, differences: string[] = [], verdict: Outcome['verdict'] = 'success') => ({
  differences,
  outcome: { ...base, verdict, grade },
});
const NOWHERE = { name: 'c', image: null, digest: null, runtime: null, reason: '' };
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

describe('a fault that is not the image’s', () => {
  const request: Parameters<Grader>[0] = {
    runId: 'r',
    attempt: 1,
    task: taskNamed('hello'),
    common: null,
    input: { input: {}, files: [], answers: new Map() },
    runtime: null,
    debug: false,
    signal: new AbortController().signal,
    publish: () => {},
  };
  /** Fails so many times. */
  const failing = (times: number, error: Error) => {
    let left = times;
    return vi.fn<Grader>(async () => {
      if (left-- > 0) throw error;
      return { outcome: base, environment: NOWHERE, folders: null, [Symbol.asyncDispose]: async () => {} };
    });
  };

  test.each([
    ['an engine that stumbles is tried three times', new Error('HTTP 500'), 2, 3],
    ['what another try would not mend is not', new GradeportError('conflict', 'no'), 1, 1],
    ['a full disk is for the whole test to wait for', new GradeportError('no-space', 'full'), 1, 1],
  ])('%s', async (_, error, times, tries) => {
    const passing: unknown[] = [];
    const grade = failing(times, error);
    const graded = patiently(
      grade,
      passing,
    )(request).then(
      () => 'graded',
      (thrown: unknown) => thrown,
    );
    expect(await graded).toBe(tries > times ? 'graded' : error);
    expect(grade).toHaveBeenCalledTimes(tries);
    expect(passing).toEqual(error instanceof GradeportError && error.code === 'no-space' ? [error] : []);
  });
});
