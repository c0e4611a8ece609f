import { describe, expect, test } from 'vitest';
import { concludeVerdict } from '../../../server/rules/verdict.ts';

const done = { kind: 'finished', exitCode: 0 } as const;
const failed = { result: 'failed', grade: 40 };

describe('a grader that says "failed"', () => {
  test('gets the limit that a student run hit as its verdict, and keeps its own word and grade', () => {
    const verdict = concludeVerdict(done, failed, [done, { kind: 'disk-full', limitBytes: 2 ** 20 }]);
    expect(verdict).toMatchObject({ verdict: 'disk-full', result: 'failed', grade: 40 });
    expect(verdict.summary).toContain('1 MiB');
  });

  test('keeps it when a student run only crashed, was stopped, or failed by our fault', () => {
    const ends = [
      { kind: 'crashed', reason: '' },
      { kind: 'killed' },
      { kind: 'system-error', reason: '' },
    ] as const;
    expect(concludeVerdict(done, failed, ends).verdict).toBe('failed');
  });
});

test('a grader that says "success" is believed, whatever limits its student runs hit', () => {
  const verdict = concludeVerdict(done, { result: 'success' }, [
    { kind: 'timeout', clock: 'cpu', limitMs: 1 },
  ]);
  expect(verdict).toMatchObject({ verdict: 'success', grade: 100 });
});

test('a grade never becomes something that cannot be stored', () => {
  expect(concludeVerdict(done, { result: 'failed', grade: -0.001 }, []).grade).toBe(0);
  expect(concludeVerdict(done, { result: 'failed', grade: 33.3333 }, []).grade).toBe(33.33);
});
