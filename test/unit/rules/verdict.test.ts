import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyReport, type Report } from '../../../grading-api/report.ts';
import { concludeVerdict, describeEnding, type Ending, VERDICTS } from '../../../server/rules/verdict.ts';

const MIB = 2 ** 20;
const finished: Ending = { kind: 'finished', exitCode: 0 };
const ENDINGS: [Ending, string, string][] = [
  [
    { kind: 'timeout', clock: 'cpu', limitMs: 2000 },
    'timeout',
    'The grader used more than 2 s of processor time.',
  ],
  [{ kind: 'timeout', clock: 'wall', limitMs: 1500 }, 'timeout', 'The grader took longer than 1.5 s.'],
  [
    { kind: 'out-of-memory', limitBytes: 64 * MIB },
    'overflow',
    'The grader needed more than 64 MiB of memory. Its files in /tmp, /dev/shm and the work folder count as well.',
  ],
  [{ kind: 'output-limit', limitBytes: MIB / 2 }, 'overflow', 'The grader printed more than 512 KiB.'],
  [
    { kind: 'disk-full', limitBytes: MIB },
    'overflow',
    'The grader wrote more files than its 1 MiB folder holds.',
  ],
  [{ kind: 'process-limit', limit: 64 }, 'overflow', 'The grader started more than 64 processes or threads.'],
  [{ kind: 'killed' }, 'killed', 'The run was stopped by a person.'],
  [{ kind: 'crashed', reason: 'No run file.' }, 'crash', 'No run file.'],
  [
    { kind: 'system-error', reason: 'The disk is full.' },
    'error',
    'Gradeport could not grade this submission. This is not your fault and costs you nothing: submit it again, and tell your teacher if that fails, too.',
  ],
];
const said = (more: Partial<Report>): Report => ({ ...emptyReport, ...more });

describe('a grading container that ended otherwise than by finishing', () => {
  test.each(ENDINGS)('%j is "%s", without a grade, and says why', (ending, result, summary) => {
    expect(concludeVerdict(ending, null, [])).toEqual({ verdict: ending.kind, result, grade: 0, summary });
  });

  test.each(ENDINGS)('%j counts more than what the grader said before', (ending) => {
    const verdict = concludeVerdict(ending, said({ result: 'success', grade: 100 }), []);
    expect(verdict).toMatchObject({ verdict: ending.kind, grade: 0 });
  });
});

describe('a grader that finished', () => {
  test('and said nothing crashed, whatever its exit status', () => {
    const expected = {
      verdict: 'crashed',
      result: 'crash',
      grade: 0,
      summary: 'The grader gave no feedback.',
    };
    for (const exitCode of [0, 1, null]) {
      expect(concludeVerdict({ kind: 'finished', exitCode }, null, [])).toEqual(expected);
    }
  });

  test.each([
    [{ result: 'success' }, 'success', 100],
    [{ result: 'success', grade: 0 }, 'success', 0],
    [{ result: 'failed' }, 'failed', 0],
    [{ result: 'failed', grade: 40 }, 'failed', 40],
    [{ result: 'failed', grade: 33.336 }, 'failed', 33.34],
    [{ result: 'success', grade: 130 }, 'success', 130],
    [{ result: 'failed', grade: -5 }, 'failed', -5],
    [{ result: 'timeout' }, 'timeout', 0],
    [{ result: 'overflow' }, 'out-of-memory', 0],
    [{ result: 'killed' }, 'killed', 0],
    [{ result: 'crash' }, 'crashed', 0],
    [{ result: 'error' }, 'crashed', 0],
    [{}, 'crashed', 0],
    [{ grade: 70 }, 'crashed', 70],
    [{ result: 'wonderful' }, 'crashed', 0],
    [{ result: '' }, 'crashed', 0],
    [{ result: 'SUCCESS' }, 'crashed', 0],
    [{ result: 'constructor' }, 'crashed', 0],
    [{ result: '__proto__' }, 'crashed', 0],
  ] as [Partial<Report>, string, number][])('and said %j: %s, %d', (report, verdict, grade) => {
    const concluded = concludeVerdict(finished, said(report), []);
    expect(concluded).toMatchObject({ verdict, grade, result: report.result ?? 'error' });
    expect(concluded.summary).not.toBe('');
  });

  test('its exit status does not matter once it spoke', () => {
    const report = said({ result: 'success' });
    expect(concludeVerdict({ kind: 'finished', exitCode: 3 }, report, []).verdict).toBe('success');
  });
});

test('whatever comes in, the verdict is one of the list and the grade a number of two decimals', () => {
  const limitMs = fc.nat();
  const ending: fc.Arbitrary<Ending> = fc.oneof(
    fc.record({ kind: fc.constant('finished' as const), exitCode: fc.option(fc.nat(255)) }),
    fc.record({
      kind: fc.constant('timeout' as const),
      clock: fc.constantFrom('cpu' as const, 'wall' as const),
      limitMs,
    }),
    fc.record({ kind: fc.constant('out-of-memory' as const), limitBytes: fc.nat() }),
    fc.record({ kind: fc.constant('process-limit' as const), limit: fc.nat() }),
    fc.record({ kind: fc.constant('system-error' as const), reason: fc.string() }),
  );
  const report = fc.option(
    fc
      .record({
        result: fc.option(fc.string(), { nil: undefined }),
        grade: fc.option(fc.integer(), { nil: undefined }),
      })
      .map(({ result, grade }) => said({ ...(result && { result }), ...(grade !== undefined && { grade }) })),
  );
  fc.assert(
    fc.property(ending, report, fc.array(ending), (grading, spoken, students) => {
      const { verdict, grade, summary } = concludeVerdict(grading, spoken, students);
      expect(VERDICTS).toContain(verdict);
      expect(grade).toBe(Number(grade.toFixed(2)));
      expect(summary.length).toBeGreaterThan(0);
    }),
  );
});

test.each([
  [66.666, 66.67],
  // As Python rounds: 72.345 is stored as a little less, and 12.125 is exactly between two.
  [72.345, 72.34],
  [12.125, 12.12],
  [12.375, 12.38],
  [-12.125, -12.12],
  [142.57, 142.57],
])('a grade of %d is shown as %d', (given, shown) => {
  const report = said({ result: 'failed', grade: given });
  expect(concludeVerdict({ kind: 'finished', exitCode: 0 }, report, []).grade).toBe(shown);
});

test('an ending is described for the reader who is addressed', () => {
  expect(describeEnding({ kind: 'finished', exitCode: 2 }, 'Your program')).toBe(
    'Your program ended with exit status 2.',
  );
  expect(describeEnding({ kind: 'finished', exitCode: null }, 'The grader')).toBe('The grader ended.');
});

test.each([
  [70, 'The grader accepts this: 70 %.'],
  [0, 'The grader accepts this: 0 %.'],
  [99.5, 'The grader accepts this: 99.5 %.'],
  [100, 'Everything the grader checked is right.'],
  [110, 'Everything the grader checked is right.'],
])('a success with %d %% says "%s"', (grade, summary) => {
  const ending = { kind: 'finished', exitCode: 0 } as const;
  expect(concludeVerdict(ending, { result: 'success', grade }, []).summary).toBe(summary);
});
