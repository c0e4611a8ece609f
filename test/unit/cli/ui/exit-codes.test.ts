import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT, explain } from '../../../../server/cli/ui/exit-codes.ts';
import { type ErrorCode, GradeportError } from '../../../../server/rules/errors.ts';

const PROMISED: Record<ErrorCode, number> = {
  usage: 2,
  'too-large': 2,
  denied: 3,
  'not-found': 4,
  unreachable: 5,
  'store-away': 5,
  conflict: 1,
  busy: 1,
  'no-space': 1,
  internal: 1,
};

test('what went wrong decides the exit code, as docs/operators.md promises', () => {
  expect(EXIT).toEqual(PROMISED);
  const denied = explain(new GradeportError('denied', 'No.'));
  expect(denied).toEqual({ exitCode: 3, sentence: 'No.' });
});

test('a full disk is reported in a sentence, our fault with its place', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  expect(explain(full)).toMatchObject({ exitCode: 1, sentence: expect.stringContaining('the disk is full') });
  expect(explain(new Error('oops')).sentence).toContain('exit-codes.test.ts');
});

test('a file that is not there is named, without our place in the code; one that is not ours is denied', () => {
  try {
    readFileSync('/nowhere/file');
    expect.unreachable();
  } catch (error) {
    const sentence = "The system says: no such file or directory, open '/nowhere/file'.";
    expect(explain(error)).toEqual({ exitCode: 1, sentence });
    expect(explain(Object.assign(error as Error, { code: 'EACCES' })).exitCode).toBe(3);
  }
});
