import { describe, expect, test } from 'vitest';
import { emptyReport, type Report } from '../../../grading-api/report.ts';
import { concludeVerdict, type Ending } from '../../../server/rules/verdict.ts';

const MIB = 2 ** 20;
const finished: Ending = { kind: 'finished', exitCode: 0 };
const said = (more: Partial<Report>): Report => ({ ...emptyReport, ...more });

describe('student runs that hit a limit', () => {
  const timeout: Ending = { kind: 'timeout', clock: 'cpu', limitMs: 1000 };
  const memory: Ending = { kind: 'out-of-memory', limitBytes: MIB };
  const failed = said({ result: 'failed', grade: 25 });

  test('name the verdict where the grader says "failed"; its word and grade stay', () => {
    expect(concludeVerdict(finished, failed, [finished, timeout])).toEqual({
      verdict: 'timeout',
      result: 'failed',
      grade: 25,
      summary: 'Your program used more than 1 s of processor time.',
    });
  });

  test('the first one counts', () => {
    expect(concludeVerdict(finished, failed, [memory, timeout]).verdict).toBe('out-of-memory');
  });

  test('change nothing where the grader is content', () => {
    const verdict = concludeVerdict(finished, said({ result: 'success' }), [timeout, memory]);
    expect(verdict).toMatchObject({ verdict: 'success', grade: 100 });
  });

  test('change nothing where the grader names another ending itself', () => {
    expect(concludeVerdict(finished, said({ result: 'overflow' }), [timeout]).verdict).toBe('out-of-memory');
  });

  test('ended or crashed student programs are the grader’s to judge', () => {
    const crashed: Ending = { kind: 'crashed', reason: 'no such command' };
    expect(concludeVerdict(finished, failed, [{ kind: 'finished', exitCode: 139 }, crashed]).verdict).toBe(
      'failed',
    );
  });
});
