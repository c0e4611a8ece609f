/**
 * Every call through a port fails once: alone, for some seconds, and until a restart. Whatever fails, each submission
 * has one verdict, the learning platform the latest grade, builds and images end in a final state, and nothing is left.
 * FAULT_STEPS, a regular expression, chooses steps by their name and how long they fail.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { type FaultHouse, openFaultHouse } from '../support/faults/fault-house.ts';
import { builds, finds, handsIn, type Scenario } from '../support/faults/scenarios.ts';
import { allOf, OK, recordSteps, walk } from '../support/faults/walk-steps.ts';

const NAME = `faults-${process.pid}`;
const TAG = `gradeport-test/${NAME}:latest`;
const CHOSEN = new RegExp(process.env['FAULT_STEPS'] ?? '');
let house: FaultHouse;
let count = 0;
const next = () => ++count;

beforeAll(async () => {
  house = await openFaultHouse(NAME);
});
afterAll(async () => {
  const left = await house.close();
  const engine = openEngine();
  for (const { tags } of await engine.images.list())
    for (const tag of tags.filter((one) => one.includes(NAME))) await engine.images.untag(tag);
  await engine.close();
  expect(left).toEqual([]);
});

test.each<[string, () => Scenario]>([
  ['a student hands in', () => handsIn(house)],
  ['an operator builds', () => builds(house, NAME)],
  ['an image comes from the engine', () => finds(house, NAME, TAG)],
])('%s, whatever fails', async (_, scenarioOf) => {
  const scenario = scenarioOf();
  const steps = await recordSteps(house, scenario, next);
  console.log(steps.map((step, at) => `${at + 1}. ${step}`).join('\n'));
  const cases = allOf(steps).filter(({ step, lasts }) => CHOSEN.test(`${step} ${lasts}`));
  const rows = await walk(house, scenario, cases, next);
  expect(rows.filter(({ outcome }) => outcome !== OK && outcome !== 'not met')).toEqual([]);
});
