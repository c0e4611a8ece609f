/** The harness of test/faults/steps.test.ts in short: some steps of each kind, the same each time. */
import { expect, onTestFinished, test } from 'vitest';
import { openFaultHouse } from '../support/faults/fault-house.ts';
import { handsIn } from '../support/faults/scenarios.ts';
import { OK, recordSteps, someOf, walk } from '../support/faults/walk-steps.ts';

/** Each part of the server once, and some a second time. */
const COUNT = 9;
/** Half a minute on a calm machine. */
const TIMEOUT_MS = 300_000;

test(
  'a student hands in while the store, the engine, a disk, the clock or the course fails',
  async () => {
    const house = await openFaultHouse(`faults-short-${process.pid}`);
    onTestFinished(async () => expect(await house.close()).toEqual([]));
    let count = 0;
    const next = () => ++count;
    const scenario = handsIn(house);
    const steps = await recordSteps(house, scenario, next);
    // A new call through a port is a step without a word here.
    expect(steps.length).toBeGreaterThan(40);
    const rows = await walk(house, scenario, someOf(steps, COUNT), next);
    expect(rows.filter(({ outcome }) => outcome !== OK && outcome !== 'not met')).toEqual([]);
    expect(rows.filter(({ outcome }) => outcome === OK).length).toBeGreaterThan(COUNT / 2);
  },
  TIMEOUT_MS,
);
