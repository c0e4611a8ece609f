/** Every attack on every runtime: its verdict, the host, the grader's files, a run beside it and the next run. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AttackCase, GROUPS, isKnownOpen, runsOn } from '../../attacks/case.ts';
import { ATTACKS } from '../../attacks/cases/all.ts';
import { type Attacker, type BatchResult, openAttacker } from '../../attacks/run.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { loadConfig, PROJECT_FOLDER } from '../../server/config/config.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { findEnvironment } from '../../server/environments/discovery/environments-of-images.ts';
import { askedHere } from '../support/grade.ts';

const engine = openEngine(askedHere());
const { name: way } = await engine.containers.way();
let attacker: Attacker;

beforeAll(async () => {
  const { list, runtimes } = await readEnvironments(engine, {});
  attacker = await openAttacker({
    containers: engine.containers,
    find: (name) => findEnvironment(list, name),
    runtimes,
    table: {},
    ceilings: loadConfig({}, undefined, {}).ceilings,
    apiFolder: join(PROJECT_FOLDER, 'grading-api'),
  });
});
afterAll(async () => {
  await attacker.close();
  await engine.close();
});

const ids = GROUPS.flatMap((group) => ATTACKS[group].map(({ id }) => id));
test('there are enough of them, each with a name of its own', () => {
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(100);
});

describe.each(['runc', 'crun', 'runsc'])('on %s', (runtime) => {
  const groups = GROUPS.filter((group) => ATTACKS[group].some((attack) => runsOn(attack, runtime)));

  describe.each(groups)('%s', (group) => {
    const cases = ATTACKS[group].filter((attack) => runsOn(attack, runtime));
    const closed = cases.filter((attack) => !isKnownOpen(attack, runtime, way));
    const open = cases.filter((attack) => isKnownOpen(attack, runtime, way));
    let batch: BatchResult;
    beforeAll(async () => {
      batch = await attacker.batch(cases, runtime);
    });
    const problemsOf = ({ id }: AttackCase) => batch.results.find(({ attack }) => attack.id === id)?.problems;

    test.each(closed.map((attack) => [attack.title, attack] as const))('%s', (_, attack) => {
      expect(problemsOf(attack)).toEqual([]);
    });
    // These succeed today; what would close them is in their "open". A pass here means: take that away.
    for (const attack of open) {
      test.fails(attack.title, () => expect(problemsOf(attack)).toEqual([]));
    }
    test('the honest runs beside them were right', () => expect(batch.beside).toEqual([]));
    test('the honest run after them found nothing of them', () => expect(batch.after).toEqual([]));
  });
});
