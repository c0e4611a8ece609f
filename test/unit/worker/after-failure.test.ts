/** What becomes of a run that failed by our fault: the rule, without a worker (retries.test.ts has it with one). */
import { describe, expect, test } from 'vitest';
import { EnvironmentAway, type ErrorCode, GradeportError } from '../../../server/rules/errors.ts';
import { afterFailure, whyHopeless } from '../../../server/worker/after-failure.ts';

const broken = new Error('A disk is broken.');
const FIRST = { alone: 0, waitedMs: 0 };
const DAY_MS = 86_400_000;
const withCode = (code: ErrorCode) => new GradeportError(code, `It is ${code}.`);

describe('our fault', () => {
  test.each([0, 1])('is tried again after %i others, and the student learns no detail', (failures) => {
    const reason =
      'Something went wrong on our side. This is not your fault and costs you nothing: the run is tried again.';
    expect(afterFailure({ failures }, broken, FIRST)).toEqual({
      next: 'try again',
      failures: failures + 1,
      reason,
    });
  });

  test('is given up the third time, with its reason for staff', () => {
    expect(afterFailure({ failures: 2 }, broken, FIRST)).toEqual({
      next: 'give up',
      reason: 'A disk is broken.',
    });
  });

  test('that another try would not mend is given up', () => {
    const after = afterFailure({ failures: 0 }, withCode('conflict'), FIRST);
    expect(after).toMatchObject({ next: 'give up' });
  });

  test('a task that is not there may come back: it is looked for six times', () => {
    const gone = withCode('not-found');
    expect(afterFailure({ failures: 4 }, gone, FIRST)).toMatchObject({ next: 'try again', failures: 5 });
    expect(afterFailure({ failures: 5 }, gone, FIRST)).toMatchObject({ next: 'give up' });
  });

  test('that is no Error is told, too', () => {
    expect(afterFailure({ failures: 2 }, 'odd', FIRST)).toEqual({ next: 'give up', reason: 'odd' });
  });
});

const WAITS = 'This is not your fault and costs you nothing: the run waits until that is over.';
const met: [string, Error, string][] = [
  ['an engine that is away', withCode('unreachable'), 'The server cannot run programs at the moment.'],
  ['a server that is busy', withCode('busy'), 'The server is busy at the moment.'],
  [
    'a full disk',
    Object.assign(new Error('mkdir'), { code: 'ENOSPC' }),
    'A disk is full, or has no room for more files.',
  ],
];

describe.each(met)('%s', (_, error, sentence) => {
  test('is no failure, however often the run is tried while no other is graded', () => {
    const after = afterFailure({ failures: 2 }, error, { alone: 0, waitedMs: 9 * DAY_MS });
    expect(after).toMatchObject({ next: 'try again', failures: 2, reason: `${sentence} ${WAITS}` });
  });

  test('ends a run that met it thirty times while others were graded', () => {
    expect(afterFailure({ failures: 0 }, error, { alone: 29, waitedMs: 0 })).toMatchObject({
      next: 'try again',
      failures: 0,
    });
    expect(afterFailure({ failures: 0 }, error, { alone: 30, waitedMs: 0 })).toMatchObject({
      next: 'give up',
    });
  });
});

test('a run that alone meets a bad machine again and again holds up no other', () => {
  const full = Object.assign(new Error('mkdir'), { code: 'ENOSPC' });
  expect(afterFailure({ failures: 0 }, full, { alone: 2, waitedMs: 0 })).toHaveProperty('machine');
  const suspect = afterFailure({ failures: 0 }, full, { alone: 3, waitedMs: 0 });
  expect(suspect).toMatchObject({ next: 'try again', failures: 0 });
  expect(suspect).not.toHaveProperty('machine');
});

test('an environment that went away is waited for, a day at most', () => {
  const away = new EnvironmentAway('cpp', 'No image announces "cpp".');
  expect(afterFailure({ failures: 2 }, away, { alone: 500, waitedMs: DAY_MS - 1 })).toEqual({
    next: 'try again',
    failures: 2,
    reason: `The environment of this task is not available at the moment. ${WAITS}`,
  });
  expect(afterFailure({ failures: 0 }, away, { alone: 0, waitedMs: DAY_MS })).toEqual({
    next: 'give up',
    reason: 'No image announces "cpp".',
  });
});

test('a run that was there at ten deaths of its server is not begun again', () => {
  expect(whyHopeless({ failures: 9 })).toBeNull();
  expect(whyHopeless({ failures: 10 })).toMatch(/ended again and again/);
});
