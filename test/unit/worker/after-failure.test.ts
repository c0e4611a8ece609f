/** What becomes of a run that failed by our fault: the rule, without a worker (retries.test.ts has it with one). */
import { describe, expect, test } from 'vitest';
import { type ErrorCode, GradeportError } from '../../../server/rules/errors.ts';
import { afterFailure, whyHopeless } from '../../../server/worker/after-failure.ts';

const broken = new Error('A disk is broken.');
const withCode = (code: ErrorCode) => new GradeportError(code, `It is ${code}.`);

describe('our fault', () => {
  test.each([0, 1])('is tried again after %i others, and the student learns no detail', (failures) => {
    const reason =
      'Something went wrong on our side. This is not your fault and costs you nothing: the run is tried again.';
    expect(afterFailure({ attempt: failures + 1, failures }, broken)).toEqual({
      next: 'try again',
      failures: failures + 1,
      reason,
    });
  });

  test('is given up the third time, with its reason for staff', () => {
    expect(afterFailure({ attempt: 3, failures: 2 }, broken)).toEqual({
      next: 'give up',
      reason: 'A disk is broken.',
    });
  });

  test('that another try would not mend is given up', () => {
    const after = afterFailure({ attempt: 1, failures: 0 }, withCode('conflict'));
    expect(after).toMatchObject({ next: 'give up' });
  });

  test('a task that is not there may come back: it is looked for six times', () => {
    const gone = withCode('not-found');
    expect(afterFailure({ attempt: 5, failures: 4 }, gone)).toMatchObject({ next: 'try again', failures: 5 });
    expect(afterFailure({ attempt: 6, failures: 5 }, gone)).toMatchObject({ next: 'give up' });
  });

  test('that is no Error is told, too', () => {
    expect(afterFailure({ attempt: 3, failures: 2 }, 'odd')).toEqual({ next: 'give up', reason: 'odd' });
  });
});

describe('an engine that is away', () => {
  test('is no failure, and the student learns of it', () => {
    expect(afterFailure({ attempt: 29, failures: 2 }, withCode('unreachable'))).toEqual({
      next: 'try again',
      failures: 2,
      reason:
        'The server cannot run programs at the moment. This is not your fault and costs you nothing: the run waits until that is over.',
    });
  });

  test('ends the run at the thirtieth attempt', () => {
    expect(afterFailure({ attempt: 30, failures: 0 }, withCode('unreachable'))).toMatchObject({
      next: 'give up',
    });
  });
});

test('a run that was there at ten deaths of its server is not begun again', () => {
  expect(whyHopeless({ attempt: 10, failures: 9 })).toBeNull();
  expect(whyHopeless({ attempt: 11, failures: 10 })).toMatch(/ended again and again/);
});
