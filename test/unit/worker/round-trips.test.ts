/** How many ways to the database a submission costs, from taking it in to its stored verdict, on MongoDB. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openQueue } from '../../../server/adapters/open-queue.ts';
import type { User } from '../../../server/model/collections.ts';
import type { RunEvent } from '../../../server/model/run-events.ts';
import { createGroups } from '../../../server/people/groups.ts';
import { defaultLimits } from '../../../server/rules/limits.ts';
import { createSubmissions } from '../../../server/submissions/service.ts';
import { createVerdictWaiters } from '../../../server/submissions/verdict-waiters.ts';
import { createWorker } from '../../../server/worker/loop.ts';
import { fakeContainers } from '../../support/engine-ports.ts';
import { catalogueOf, demoCourse, taskNamed } from '../../support/http/course.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { environment, environmentsOf } from '../../support/http/house.ts';
import { openCountedStore, type RoundTrips } from '../../support/mongo/round-trips.ts';
import { freshDatabase, sharedMongoServer } from '../../support/mongo/server.ts';

const server = await sharedMongoServer();
const { store, during } = await openCountedStore(server.url(freshDatabase()));
afterAll(() => store.close());

const folder = mkdtempSync(join(tmpdir(), 'gradeport-trips-'));
afterAll(() => rmSync(folder, { recursive: true }));
const runsFolder = join(folder, 'runs');
const NOW = Date.parse('2026-11-20T10:00:00.000Z');
let now = NOW;
const clock = () => now;
const fields = [{ id: 'year', description: 'Year', kind: 'integer' as const }];
const lti = { url: null, sendBackGrade: true, secretOf: () => 'secret' };
const tasks = [
  taskNamed('hello'),
  taskNamed('limited', { submissionLimit: { amount: 9, hours: 24 } }),
  taskNamed('together', { groups: true }),
];
const courses = catalogueOf([
  { ...demoCourse(), tasks },
  { ...demoCourse(), id: 'c2', fields, lti, tasks: [taskNamed('hello', { course: 'c2' })] },
]);
let handedIn = () => {};
const containers = fakeContainers({ list: async () => [], endLost: async () => 0 });

const shared = {
  ...{ store, courses, clock },
  queue: await openQueue({ kind: 'in-process' }),
  environments: environmentsOf([environment]).catalogue,
  publish: (_run: string, { type }: RunEvent) => {
    if (type === 'done') handedIn();
  },
};
const worker = createWorker({
  ...{ ...shared, containers, instance: 'test', runsFolder, concurrency: 1 },
  log: { error: (entry: unknown) => console.error(entry), warn: () => {}, info: () => {} } as never,
  execute: async () => ({
    outcome: outcomeWith({ verdict: 'failed', grade: 10 }),
    environment: { name: 'default', image: null, digest: null, runtime: 'runc', reason: '' },
    folders: null,
    [Symbol.asyncDispose]: async () => {},
  }),
});
const submissions = createSubmissions({
  ...shared,
  place: { table: {}, ceilings: defaultLimits },
  limits: { maxTextBytes: 1000, maxFileBytes: 1000 },
  verdicts: createVerdictWaiters(),
  stopWork: worker.stop,
  newId: randomUUID,
});
// Looks for runs that wait nowhere come by the clock, too.
vi.useFakeTimers({ toFake: ['setInterval'] });
await worker.start();
vi.useRealTimers();
afterAll(() => worker.close());

async function person(name: string): Promise<User> {
  const user: User = {
    ...{ id: `id-${name}`, name, displayName: name, passwordHash: '', operator: false },
    ...{ roles: { c1: 'student', c2: 'student' }, createdAt: new Date(NOW).toISOString() },
  };
  await store.users.insert(user);
  return user;
}

/** Hands in, and resolves once the verdict is stored. */
async function handIn(user: User, course: string, task: string): Promise<void> {
  now += 60_000;
  const verdict = Promise.withResolvers<void>();
  handedIn = verdict.resolve;
  const result = await submissions.submit(user, course, task, new Map([['q1', 'x']]));
  expect(result).toMatchObject({ ok: true });
  await verdict.promise;
}

async function count(user: User, course: string, task: string): Promise<RoundTrips> {
  await handIn(user, course, task);
  return during(() => handIn(user, course, task));
}

const MOST = { commands: 15, inARow: 8 };
// Its members and its earlier teams are looked up as well.
const MOST_OF_GROUP = { commands: 15, inARow: 9 };

function expectAtMost({ commands, chain }: RoundTrips, most: typeof MOST): void {
  expect(commands.length, commands.join(', ')).toBeLessThanOrEqual(most.commands);
  expect(chain.length, chain.join(' → ')).toBeLessThanOrEqual(most.inARow);
  // The claim of the run, and its verdict.
  expect(commands.filter((name) => name === 'findAndModify runs')).toHaveLength(2);
}

test.each([
  ['a student', 'c1', 'hello'],
  ['a student, to a task with a limit', 'c1', 'limited'],
  ['a student, in a course with fields that platforms send to', 'c2', 'hello'],
])('a submission of %s costs at most 15, and 8 one after another', async (name, course, task) => {
  expectAtMost(await count(await person(name), course, task), MOST);
});

test('a submission of a group costs hardly more', async () => {
  const groups = createGroups(store, clock);
  const { id } = await groups.create('c1', { name: 'Red', size: 2 });
  const members = [await person('bob'), await person('cyd')] as const;
  for (const member of members) await groups.add('c1', id, member);
  expectAtMost(await count(members[0], 'c1', 'together'), MOST_OF_GROUP);
});
