/**
 * Every call through a port fails once: alone, for some seconds, and until a restart. Whatever fails, each submission
 * has one verdict, the learning platform the latest grade, builds and images end in a final state, and nothing is left.
 * FAULT_STEPS, a regular expression, chooses steps by their name and how long they fail. FAULT_ROWS is a folder that keeps
 * the rows: a later run tries what they lack, and docs/faults-harness.md is written from all of them.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { type FaultHouse, openFaultHouse } from '../support/faults/fault-house.ts';
import {
  builds,
  buildsByCommand,
  finds,
  handsIn,
  type Scenario,
  starts,
} from '../support/faults/scenarios.ts';
import { openRows } from '../support/faults/table.ts';
import { allOf, OK, recordSteps, walk } from '../support/faults/walk-steps.ts';
import { storeUrlOf } from '../support/store/store-url.ts';

const NAME = `faults-${process.pid}`;
const TAG = `gradeport-test/${NAME}:latest`;
const CLI_TAG = `gradeport-test/${NAME}-cli:latest`;
const CHOSEN = new RegExp(process.env['FAULT_STEPS'] ?? '');
/** With FAULT_STORE=mongodb, run-server.ts has started a server. */
const IS_STORE_AWAY = storeUrlOf(NAME) !== null;
const kept = openRows(process.env['FAULT_ROWS'] ?? null, IS_STORE_AWAY ? 'MongoDB' : 'SQLite');
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
  ['a server starts', () => starts(house)],
  ['an operator builds', () => builds(house, NAME)],
  ['an operator builds on the command line', () => buildsByCommand(house, `${NAME}-cli`, CLI_TAG)],
  ['an image comes from the engine', () => finds(house, NAME, TAG)],
])('%s, whatever fails', async (_, scenarioOf) => {
  const scenario = scenarioOf();
  const steps = await recordSteps(house, scenario, next);
  console.log(steps.map((step, at) => `${at + 1}. ${step}`).join('\n'));
  const known = kept.steps(scenario.name, steps);
  const cases = allOf(known, IS_STORE_AWAY).filter(
    (one) => CHOSEN.test(`${one.step} ${one.lasts}`) && !kept.isTried(scenario.name, one),
  );
  const rows = await walk(house, scenario, cases, next, kept.saw);
  expect(rows.filter(({ outcome }) => outcome !== OK && outcome !== 'not met')).toEqual([]);
});
