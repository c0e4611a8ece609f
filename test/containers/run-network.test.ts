/** Runs with a network: two of them do not reach each other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { RUN_NETWORK } from '../../server/adapters/docker/run-network.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { CALL_ALL, networked, TALK } from '../support/containers/networked.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { hasWay } from '../support/ways-here.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader({ engine: openEngine(hasWay('local') ? 'local' : 'portable') });
});
afterAll(async () => {
  await grader.close();
  // Another test may be using it.
  await openClient()
    .getNetwork(RUN_NETWORK)
    .remove()
    .catch(() => {});
});

test.each(['runc', 'crun'])('two runs with a network on %s hear nothing of each other', async (runtime) => {
  const talking = networked(TALK);
  const both = await Promise.all([grader.grade(talking, { runtime }), grader.grade(talking, { runtime })]);
  for (const { output, details } of both) expect(output.head, details).toBe('own address 3 heard []\n');
});

test.each(['runc', 'crun'])(
  'a call to everybody on the network reaches no other run, on %s',
  async (runtime) => {
    const calling = networked(CALL_ALL);
    const both = await Promise.all([grader.grade(calling, { runtime }), grader.grade(calling, { runtime })]);
    for (const { output, details } of both) expect(output.head, details).toBe('heard []\n');
  },
);
