/** How many ways to the database a submission costs, from taking it in to its stored verdict, on MongoDB. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openQueue } from '../../../server/adapters/open-queue.ts';
import { createTaskFiles } from '../../../server/adapters/task-files/task-files.ts';
import { visibleTask } from '../../../server/courses/students/visible.ts';
import { USUAL_ENVIRONMENTS } from '../../../server/courses/task.ts';
import type { User } from '../../../server/model/collections.ts';
import type { RunEvent } from '../../../server/model/run-events.ts';
import { createGroups } from '../../../server/people/groups.ts';
import { openAmounts } from '../../../server/submissions/admission/amounts.ts';
import { createPace } from '../../../server/submissions/admission/pace.ts';
import { createSubmissions } from '../../../server/submissions/service.ts';
import { createVerdictWaiters } from '../../../server/submissions/verdict-waiters.ts';
import { createTaskOfRun } from '../../../server/worker/task-of-run.ts';
import { createWorker } from '../../../server/worker/worker.ts';
import { fakeContainers } from '../../support/engine-ports.ts';
import { catalogueOf, demoCourse, taskNamed } from '../../support/http/course.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { environment, environmentsOf } from '../../support/http/house.ts';
import { openCountedStore, type RoundTrips } from '../../support/mongo/round-trips.ts';
import { describeWithMongo, freshDatabase } from '../../support/mongo/server.ts';
import { sampleUser } from '../../support/store/samples.ts';

await describeWithMongo('round trips of a submission', async (server) => {
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
  function withFiles(id: string): { folder: string } {
    const task = join(folder, 'course', id);
    mkdirSync(task, { recursive: true });
    writeFileSync(
      join(task, 'task.yaml'),
      'problems: { q1: { type: code, name: Code, language: python, default: pass } }\n',
    );
    return { folder: task };
  }
  const tasks = [
    taskNamed('hello', withFiles('hello')),
    taskNamed('limited', { ...withFiles('limited'), submissionLimit: { amount: 9, hours: 24 } }),
    taskNamed('together', { ...withFiles('together'), groups: true }),
  ];
  const courses = catalogueOf([
    { ...demoCourse(), tasks },
    {
      ...demoCourse(),
      id: 'c2',
      fields,
      lti,
      tasks: [taskNamed('hello', { ...withFiles('hello'), course: 'c2' })],
    },
  ]);
  let handedIn = () => {};
  const containers = fakeContainers({ list: async () => [], endLost: async () => 0 });

  const log = { error: (entry: unknown) => console.error(entry), warn: () => {}, info: () => {} };
  const taskFiles = createTaskFiles({ store, clock, log, unusedMs: 1, folder: join(folder, 'bundles') });
  const shared = {
    store,
    clock,
    queue: await openQueue({ kind: 'in-process' }),
    environments: environmentsOf([environment]).catalogue,
    publish: (_run: string, { type }: RunEvent) => {
      if (type === 'done') handedIn();
    },
  };
  const amounts = await openAmounts({ store, bounds: { bytesPerUser: 2 ** 30, bytesInAll: 2 ** 40 }, log });
  const worker = createWorker({
    ...shared,
    amounts,
    containers,
    instance: 'test',
    runsFolder,
    concurrency: 1,
    log,
    taskOf: createTaskOfRun({ courses, taskFiles, defaults: USUAL_ENVIRONMENTS }),
    execute: async () => ({
      outcome: outcomeWith({ verdict: 'failed', grade: 10 }),
      environment: { name: 'default', image: null, digest: null, runtime: 'runc', reason: '' },
      folders: null,
      [Symbol.asyncDispose]: async () => {},
    }),
  });
  const submissions = createSubmissions({
    ...shared,
    taskFiles,
    table: {},
    limits: { maxTextBytes: 1000, maxFileBytes: 1000 },
    pace: createPace({ perMinute: 1000, bytesPerHour: 2 ** 30 }),
    amounts,
    verdicts: createVerdictWaiters(),
    commands: worker,
    newId: randomUUID,
  });
  // Looks for runs that wait nowhere come by the clock, too.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  await worker.start();
  vi.useRealTimers();
  afterAll(() => worker.close());

  async function person(name: string): Promise<User> {
    const user = sampleUser(`id-${name}`, {
      name,
      displayName: name,
      roles: { c1: 'student', c2: 'student' },
    });
    await store.users.insert(user);
    return user;
  }

  /** Hands in, and resolves to the run once its verdict is stored. */
  async function handIn(user: User, course: string, task: string): Promise<string> {
    now += 60_000;
    const verdict = Promise.withResolvers<void>();
    handedIn = verdict.resolve;
    const at = await visibleTask({ courses, clock }, user, course, task);
    const result = await submissions.submit(user, at, new Map([['q1', 'x']]));
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    await verdict.promise;
    return result.run;
  }

  async function count(user: User, course: string, task: string): Promise<RoundTrips> {
    const first = await handIn(user, course, task);
    // The files of the task are in the store: the second submission asks nothing about them.
    expect((await store.runs.get(first))?.bundles?.task).toHaveLength(64);
    return during(async () => void (await handIn(user, course, task)));
  }

  const MOST = { commands: 15, inARow: 9 };

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
  ])('a submission of %s costs at most 15, and 9 one after another', async (name, course, task) => {
    expectAtMost(await count(await person(name), course, task), MOST);
  });

  test('a submission of a group costs no more', async () => {
    const groups = createGroups(store, clock);
    const { id } = await groups.create('c1', { name: 'Red', size: 2 });
    const members = [await person('bob'), await person('cyd')] as const;
    for (const member of members) await groups.add('c1', id, member);
    expectAtMost(await count(members[0], 'c1', 'together'), MOST);
  });
});
