/** A worker as a child process, which has only its channel: it grades the samples of the demo course, and is stopped. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openQueue } from '../../server/adapters/open-queue.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { openCourses } from '../../server/courses/catalogue.ts';
import { randomNumbers } from '../../server/courses/random-numbers.ts';
import { type Task, USUAL_ENVIRONMENTS } from '../../server/courses/task.ts';
import { openEnvironments } from '../../server/environments/catalogue.ts';
import { DEMO_COURSE, installDemoCourse } from '../../server/first-start/demo-course.ts';
import { startWorkerProcess } from '../../server/main/start-worker.ts';
import type { Answer } from '../../server/model/collections.ts';
import type { RunEvent } from '../../server/model/run-events.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Store } from '../../server/ports/store.ts';
import { compare } from '../../server/samples/self-check.ts';
import { type Expectation, readSamples } from '../../server/samples/task-samples.ts';
import { createRecovery } from '../../server/worker/recovery.ts';
import { createRunSource } from '../../server/worker/run-source.ts';
import { createTaskOfRun } from '../../server/worker/task-of-run.ts';
import { addSlowTask } from '../support/browser/slow-task.ts';
import { keepsNoFiles } from '../support/stand-ins.ts';
import { sampleRun, sampleSubmission, sampleUser } from '../support/store/samples.ts';
import { openTestStore } from '../support/store/test-store.ts';

/** On a machine that is busy with others; nothing here is about how quick the worker is. */
const WAIT_MS = 50_000;
const NO_SCREEN = { print() {}, opened() {}, closed() {} };

async function openHost() {
  const opened = new AsyncDisposableStack();
  const data = await mkdtemp(join(tmpdir(), 'gradeport-worker-'));
  opened.defer(() => rm(data, { recursive: true }));
  await installDemoCourse(PROJECT_FOLDER, join(data, 'courses'));
  const slow = await addSlowTask(join(data, 'courses'));
  const store = await openTestStore(data);
  opened.defer(() => store.close());
  const courses = openCourses([join(data, 'courses')], { defaults: USUAL_ENVIRONMENTS, warn: () => {} });
  opened.defer(() => courses.close());
  const engine = openEngine();
  opened.defer(() => engine.close());
  const environments = await openEnvironments(engine, {});
  opened.defer(() => environments.close());
  const events: { runId: string; event: RunEvent }[] = [];
  const publish = (runId: string, event: RunEvent) => void events.push({ runId, event });
  const taskOf = createTaskOfRun({ courses, taskFiles: keepsNoFiles, defaults: USUAL_ENVIRONMENTS });
  const source = createRunSource({ store, taskOf, clock: Date.now });

  /** A worker with a queue of its own, as after a restart of the server. */
  async function start() {
    const queue = await openQueue({ kind: 'in-process' });
    const recovery = createRecovery({
      store,
      queue,
      publish,
      log: { warn() {} },
      isRunning: (run): boolean => worker.isRunning(run),
    });
    const worker = startWorkerProcess({
      queue,
      source,
      environments,
      publish,
      workerDied: recovery.workerDied,
      terminals: { of: () => () => NO_SCREEN },
      settings: {
        options: { data, logLevel: 'error', concurrency: 2 },
        instance: `server:${data}`,
        folder: data,
      },
      failed: (error) => {
        throw error;
      },
    });
    await recovery.start();
    return { worker, queue, recovery };
  }

  let { worker, queue, recovery } = await start();
  opened.defer(() => recovery.close());
  return {
    data,
    store,
    courses,
    engine,
    events,
    slow,
    worker: () => worker,
    push: (run: string) => queue.push(run, { owner: 'ada', course: 'c1' }),
    async restart() {
      recovery.close();
      await queue.close();
      ({ worker, queue, recovery } = await start());
    },
    close: () => opened.disposeAsync(),
  };
}

let host: Awaited<ReturnType<typeof openHost>>;
beforeAll(async () => {
  host = await openHost();
  await host.worker().started;
  await host.store.users.insert(sampleUser('sample', { name: 'sample', email: 'sample@example.org' }));
});
afterAll(async () => {
  await host.worker().close();
  const left = await host.engine.containers.list(INSTANCE_LABEL, `server:${host.data}`);
  expect(left).toEqual([]);
  await host.close();
});

type Given = ReadonlyMap<string, string | string[] | { filename: string; content: Uint8Array }>;

async function answersOf(store: Store, given: Given): Promise<Record<string, Answer>> {
  const stored = [...given].map(async ([id, answer]): Promise<[string, Answer]> => {
    if (typeof answer === 'string' || Array.isArray(answer)) return [id, answer];
    const { filename, content } = answer;
    return [id, { filename, blob: await store.blobs.put(content), size: content.length }];
  });
  return Object.fromEntries(await Promise.all(stored));
}

async function handIn(id: string, { course, id: task, ...rest }: Task, given: Given): Promise<string> {
  const own = { course, task, userId: 'sample' };
  const random = randomNumbers({ ...rest, course, id: task }, 'sample', 0);
  const submission = sampleSubmission(`s-${id}`, {
    ...own,
    random,
    answers: await answersOf(host.store, given),
  });
  await host.store.submissions.insert(submission);
  await host.store.runs.insert(sampleRun(id, { ...own, submission: submission.id }));
  await host.push(id);
  return id;
}

const isDone = async (run: string) => (await host.store.runs.get(run))?.state === 'done';

test('grades the 26 samples of the demo course as they expect', { timeout: 300_000 }, async () => {
  const course = await host.courses.get(DEMO_COURSE);
  const expected = new Map<string, Expectation>();
  for (const task of course?.tasks ?? []) {
    const read = await readSamples(task.folder);
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    for (const { name, answers, expect } of read.samples)
      expected.set(await handIn(`${task.id}-${name}`, task, answers), expect);
  }
  expect(expected.size).toBe(26);
  const differences: string[] = [];
  for (const [run, wanted] of expected) {
    await vi.waitFor(async () => expect(await isDone(run)).toBe(true), { timeout: 280_000 });
    const outcome = (await host.store.runs.get(run))?.outcome;
    differences.push(...(outcome ? compare(wanted, outcome) : ['no outcome']).map((one) => `${run}: ${one}`));
  }
  expect(differences).toEqual([]);
});

const slowTask = async (): Promise<Task> => {
  const task = await host.courses.task(DEMO_COURSE, 'slow');
  if (!task) throw new Error('no slow task');
  return task;
};
/** Since the test began, or since a number of events. */
const hasPrinted = (run: string, since = 0) =>
  vi.waitFor(
    () => {
      const printed = host.events
        .slice(since)
        .some(({ runId, event }) => runId === run && event.type === 'output');
      expect(printed).toBe(true);
    },
    { timeout: WAIT_MS },
  );

test('a run is stopped through the channel while its grader runs', async () => {
  const run = await handIn('stopped', await slowTask(), new Map([['code', 'nobody']]));
  await hasPrinted(run);
  expect(await host.worker().stop(run)).toBe('stopping');
  await vi.waitFor(async () => expect(await isDone(run)).toBe(true), { timeout: WAIT_MS });
  expect((await host.store.runs.get(run))?.outcome?.verdict).toBe('killed');
});

test('a worker that is killed leaves its run to the next one, which sweeps what was left', async () => {
  const run = await handIn('orphan', await slowTask(), new Map([['code', 'patience']]));
  await hasPrinted(run);
  const { pid } = host.worker();
  if (pid === undefined) throw new Error('no process');
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(
    async () => expect(await host.store.runs.get(run)).toMatchObject({ state: 'queued', failures: 1 }),
    { timeout: WAIT_MS },
  );
  const before = host.events.length;
  await host.restart();
  await hasPrinted(run, before);
  await host.slow.letGo('patience');
  await vi.waitFor(async () => expect(await isDone(run)).toBe(true), { timeout: 60_000 });
  expect(await host.store.runs.get(run)).toMatchObject({ attempt: 2, outcome: { verdict: 'success' } });
});
