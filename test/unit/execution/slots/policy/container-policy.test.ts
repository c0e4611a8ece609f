/** What a student's program, its grader, and what compiles for them are and are not allowed to do. */
import { expect, test } from 'vitest';
import { POLICY_TABLE } from '../../../../support/execution/policy-table.ts';

test.each(POLICY_TABLE)('$title', ({ policy, expected }) => {
  expect(policy).toEqual(expected);
});

test('what a student may write to is bounded: one folder of its run, and memory', () => {
  for (const { policy } of POLICY_TABLE.filter(({ spec }) => spec.role === 'student')) {
    expect(policy.mounts.filter(({ readOnly }) => !readOnly).map(({ target }) => target)).toEqual([
      '/task/student',
    ]);
    expect(policy.memoryFolders.map(({ target }) => target)).toEqual(['/tmp']);
  }
});

test('only root over a kernel of its own keeps the usual capabilities and may write to its image', () => {
  for (const { policy, spec } of POLICY_TABLE) {
    const isFree = policy.capabilities === 'usual';
    expect(isFree).toBe(policy.rootProgram && spec.ownKernel);
    expect(policy.readOnlyRoot).toBe(!isFree);
  }
});
