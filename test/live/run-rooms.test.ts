import { expect, test } from 'vitest';
import { emptyReport } from '../../grading-api/report.ts';
import { createLocalEvents } from '../../server/adapters/events-local/local-events.ts';
import type { Run } from '../../server/model/collections.ts';
import { createRunRooms } from '../../server/site/live/run-rooms.ts';
import { createTurnsOfUsers } from '../../server/site/live/turns-of-users.ts';
import { ENGLISH } from '../../web/languages.ts';
import { outcomeWith } from '../support/http/grading.ts';
import { starting } from '../support/live/events.ts';
import { sampleRun, sampleUser } from '../support/store/samples.ts';

const user = sampleUser('u');
const run = sampleRun('r', { userId: 'u' });

function roomsWith(get: () => Promise<Run | null>, send: () => void = () => {}) {
  const failures: unknown[] = [];
  const events = createLocalEvents({ failed: (error) => failures.push(error) });
  let listening = 0;
  const counted = {
    ...events,
    async follow(...args: Parameters<typeof events.follow>) {
      const story = await events.follow(...args);
      if (!story) return null;
      listening += 1;
      const stop = () => {
        listening -= 1;
        story.stop();
      };
      return { ...story, stop };
    },
  };
  const sources = {
    runs: { get },
    courses: { get: async () => null },
    events: counted,
    position: async () => null,
    turns: createTurnsOfUsers(),
  };
  const rooms = createRunRooms(sources, ENGLISH.t, send);
  return { rooms, events, failures, listening: () => listening };
}
const seen = { run: 'r', attempt: 0, after: 0 };

test('a connection that ends while it joins leaves no listener', async () => {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const { rooms, listening } = roomsWith(() => promise);
  const joining = rooms.join(user, seen, () => expect.unreachable());
  rooms.leaveAll();
  resolve(run);
  await joining;
  expect(listening()).toBe(0);
});

test('joining twice listens once', async () => {
  const { rooms, listening } = roomsWith(async () => run);
  await Promise.all([rooms.join(user, seen, () => {}), rooms.join(user, seen, () => {})]);
  expect(listening()).toBe(1);
  rooms.leaveAll();
  expect(listening()).toBe(0);
});

test('a run that ends between the question and the answer is sent whole, once', async () => {
  const answers = [run, { ...run, state: 'done', attempt: 1, outcome: outcomeWith() } as const];
  const sent: unknown[] = [];
  const { rooms, events } = roomsWith(
    async () => answers.shift() ?? null,
    () => sent.push('step'),
  );
  const told: string[] = [];
  await rooms.join(user, seen, (steps) => told.push(...steps.map((step) => step.type)));
  await events.append('r', { type: 'done', outcome: outcomeWith() });
  expect(told).toEqual(['started', 'done']);
  expect(sent).toEqual([]);
});

test('believes the store when the log never heard of the end', async () => {
  const { rooms, events } = roomsWith(async () => ({
    ...run,
    state: 'done',
    attempt: 1,
    outcome: outcomeWith(),
  }));
  await events.append('r', starting(1));
  const told: string[] = [];
  await rooms.join(user, { ...seen, attempt: 1, after: 1 }, (steps) =>
    told.push(...steps.map((step) => `${step.attempt}.${step.seq} ${step.type}`)),
  );
  expect(told).toEqual(['2.1 started', '2.3 done']);
});

test('a viewer that fails does not fail the grading', async () => {
  const { rooms, events, failures } = roomsWith(
    async () => run,
    () => {
      throw new Error('socket');
    },
  );
  await rooms.join(user, seen, () => {});
  await events.append('r', starting(1));
  expect(failures).toHaveLength(1);
});

test('the joins of one user take turns, those of two do not wait for each other', async () => {
  const turns = createTurnsOfUsers();
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  const join = (who: string, name: string, until: Promise<void>) =>
    turns(who, async () => {
      order.push(`${name} begins`);
      await until;
      order.push(`${name} ends`);
    });
  const joins = [
    join('eve', 'one', first.promise),
    join('eve', 'two', Promise.resolve()),
    join('eve', 'three', Promise.resolve()),
  ];
  await join('bob', 'other', Promise.resolve());
  expect(order).toEqual(['one begins', 'other begins', 'other ends']);
  first.resolve();
  await Promise.all(joins);
  expect(order.slice(3)).toEqual(['one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
});

test('feedback that is rendered elsewhere is sent in order, and what a newer one replaces is left out', async () => {
  const { rooms, events } = roomsWith(async () => run);
  const report = (text: string) => ({ type: 'feedback', report: { ...emptyReport, text } }) as const;
  await events.append('r', starting(1));
  for (const text of ['*one*', '*two*']) await events.append('r', report(text));
  await events.append('r', { type: 'output', stream: 'stdout', text: 'after' });
  await events.append('r', report('*three*'));
  const told: string[] = [];
  await rooms.join(user, seen, (steps) => told.push(...steps.map((step) => JSON.stringify(step))));
  expect(told.filter((step) => step.includes('"feedback"')).join()).toContain('<em>three</em>');
  expect(told.join()).not.toContain('<em>one</em>');
  rooms.leaveAll();
});
