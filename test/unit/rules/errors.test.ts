/** A GradeportError keeps its code, whatever fails after it. */
import { expect, test } from 'vitest';
import { firstError, GradeportError } from '../../../server/rules/errors.ts';

test('what went wrong first is found behind what failed while clearing up', async () => {
  const away = new GradeportError('unreachable', 'The engine is away.');
  const work = async () => {
    await using cleanup = new AsyncDisposableStack();
    for (const name of ['volume', 'container'])
      cleanup.defer(() => {
        throw new Error(`${name} stays`);
      });
    throw away;
  };
  const error = await work().catch((why: unknown) => why);
  expect(error).not.toBe(away);
  expect(firstError(error)).toBe(away);
  expect(firstError(away)).toBe(away);
  expect(firstError('a text')).toBe('a text');
});
