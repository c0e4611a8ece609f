import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isAlive } from '../../../server/rules/processes.ts';

test('this process lives, and init, which belongs to another user', () => {
  expect([process.pid, process.ppid, 1].map(isAlive)).toEqual([true, true, true]);
});

test('a process that has ended does not', () => {
  expect(isAlive(spawnSync('true').pid)).toBe(false);
});
