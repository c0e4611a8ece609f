/** Runs after all other suites: the machine is as it was before them. */
import { expect, inject, test } from 'vitest';
import { type MachineState, machineState, processesOf } from './support/machine.ts';

const before = inject('machineBefore');
const after = await machineState();

test.each(Object.keys(before) as (keyof MachineState)[])('the test run leaves no %s behind', (what) => {
  expect(after[what].filter((entry) => !before[what].includes(entry))).toEqual([]);
});

test('the test run leaves no process behind', () => {
  expect(processesOf(inject('testRun'))).toEqual([]);
});
