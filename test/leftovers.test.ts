/** Runs after all other suites: the machine is as it was before them, but for what others did on it meanwhile. */
import { expect, inject, test } from 'vitest';
import { type MachineState, machineState, processesOf } from './support/machine.ts';

const before = inject('machineBefore');
const testRun = inject('testRun');

test.each(Object.keys(before) as (keyof MachineState)[])('the test run leaves no %s behind', async (what) => {
  const left = async () =>
    (await machineState(testRun))[what].filter((entry) => !before[what].includes(entry));
  // Others come and go between two looks; what a test left stays.
  await expect.poll(left, { timeout: 10_000, interval: 200 }).toEqual([]);
});

test('the test run leaves no process behind', () => {
  expect(processesOf(testRun)).toEqual([]);
});
