/** What the last graded run left for the next one, as the worker finds it. */
import { expect, test } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import type { Run } from '../../../server/model/collections.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { openWorkerHouse, passes } from '../../support/worker/worker-house.ts';

const leaving = (state: string): Partial<Run> => ({
  state: 'done',
  attempt: 1,
  outcome: outcomeWith({ report: { text: '', problems: {}, tests: {}, custom: {}, state } }),
});
const teamOf = (userId: string, group: string, ...members: string[]): Partial<Run> => ({
  userId,
  team: { group, name: group, by: 'bob', members },
});

async function openNoting() {
  const states: unknown[] = [];
  const execute: Executor = async (request) => {
    states.push(request.input.input['@state']);
    return passes(request);
  };
  return { states, house: await openWorkerHouse({ execute }) };
}

test('a student’s run gets the state of their last graded one', async () => {
  const { states, house } = await openNoting();
  await house.stored('old', { ...leaving('old'), queuedAt: '2026-11-20T08:00:00.000Z' });
  await house.stored('last', { ...leaving('last'), queuedAt: '2026-11-20T09:00:00.000Z' });
  await house.stored('other', { ...leaving('other'), userId: 'bob' });
  const run = await house.stored('run');
  await house.worker.start();
  await house.verdictOf(run);
  expect(states).toEqual(['last']);
});

test('a run that was stopped, or failed through our fault, changes no state', async () => {
  const { states, house } = await openNoting();
  await house.stored('old', { ...leaving('kept'), queuedAt: '2026-11-20T08:00:00.000Z' });
  for (const [at, verdict] of (['killed', 'system-error'] as const).entries()) {
    const outcome = outcomeWith({
      verdict,
      report: { text: '', problems: {}, tests: {}, custom: {}, state: '' },
    });
    await house.stored(verdict, { ...leaving(''), outcome, queuedAt: `2026-11-20T09:0${at}:00.000Z` });
  }
  const run = await house.stored('run');
  await house.worker.start();
  await house.verdictOf(run);
  expect(states).toEqual(['kept']);
});

test('a group’s run gets the state of its last one, also after somebody joined', async () => {
  const { states, house } = await openNoting();
  await house.stored('before', { ...leaving('of two'), ...teamOf('team-1', 'red', 'bob', 'cyd') });
  await house.stored('others', { ...leaving('of others'), ...teamOf('team-2', 'blue', 'eve') });
  await house.stored('another', { ...leaving('x'), ...teamOf('team-1', 'red', 'bob'), task: 'quiz' });
  const run = await house.stored('run', teamOf('team-3', 'red', 'bob', 'cyd', 'dan'));
  await house.worker.start();
  await house.verdictOf(run);
  expect(states).toEqual(['of two']);
});
