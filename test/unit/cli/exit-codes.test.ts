import { expect, test } from 'vitest';
import { EXIT, explain } from '../../../server/cli/exit-codes.ts';
import { type ErrorCode, GradeportError } from '../../../server/core/errors.ts';

const PROMISED: Record<ErrorCode, number> = {
  usage: 2,
  'too-large': 2,
  denied: 3,
  'not-found': 4,
  unreachable: 5,
  conflict: 1,
  busy: 1,
  'no-space': 1,
  internal: 1,
};

test('what went wrong decides the exit code, as DESIGN §10 and docs/operators.md promise', () => {
  expect(EXIT).toEqual(PROMISED);
  const denied = explain(new GradeportError('denied', 'No.'));
  expect(denied).toEqual({ exitCode: 3, sentence: 'No.' });
});

test('a full disk is told in a sentence, a fault of ours with its place', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  expect(explain(full)).toMatchObject({ exitCode: 1, sentence: expect.stringContaining('the disk is full') });
  expect(explain(new Error('oops')).sentence).toContain('exit-codes.test.ts');
});
