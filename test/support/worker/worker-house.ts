/** A worker over a real store: its engine comes and goes as the test says, and its executor is the test's own. */
import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { openQueue } from '../../../server/adapters/open-queue.ts';
import { USUAL_ENVIRONMENTS } from '../../../server/courses/task.ts';
import type { Executor } from '../../../server/execution/execute.ts';
import type { Run } from '../../../server/model/collections.ts';
import type { Publish, RunEvent } from '../../../server/model/run-events.ts';
import type { Store } from '../../../server/ports/store.ts';
import type { TerminalScreen } from '../../../server/ports/terminals.ts';
import { createRecovery } from '../../../server/worker/recovery.ts';
import { createRunSource } from '../../../server/worker/run-source.ts';
import { createTaskOfRun } from '../../../server/worker/task-of-run.ts';
import { createWorker } from '../../../server/worker/worker.ts';
import { fakeContainers } from '../engine-ports.ts';
import { catalogueOf, demoCourse, taskNamed } from '../http/course.ts';
import { outcomeWith } from '../http/grading.ts';
import { environment, environmentsOf } from '../http/house.ts';
import { keepsNoFiles } from '../stand-ins.ts';
import { sampleRun } from '../store/samples.ts';
import { tempFolder } from '../store/temp-folder.ts';
import { openTestStore } from '../store/test-store.ts';

const NOW = '2026-11-20T10:00:00.000Z';

const quiz = taskNamed('quiz', {
  environment: null,
  problems: [{ type: 'match', id: 'm', name: 'Match', header: '', answer: 'right', centralize: false }],
});

export const passes: Executor = async () => ({
  outcome: outcomeWith(),
  environment: { name: 'default', image: null, digest: null, runtime: 'runc', reason: '' },
  folders: null,
  [Symbol.asyncDispose]: async () => {},
});

const NO_SCREEN: TerminalScreen = { print() {}, opened() {}, closed() {} };

/** What is published of runs, in order. */
function createHearing() {
  const events: { runId: string; type: RunEvent['type'] }[] = [];
  const readers = new Set<() => void>();
  const publish: Publish = (runId, { type }) => {
    events.push({ runId, type });
    for (const read of readers) read();
  };
  return {
    publish,
    events,
    eventsOf: (run: string) => events.filter(({ runId }) => runId === run).map(({ type }) => type),
    /** Settles once this is published of the run, now or earlier. */
    said(runId: string, type: RunEvent['type']): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const read = () => events.some((event) => event.runId === runId && event.type === type) && resolve();
      readers.add(read);
      read();
      return promise.finally(() => readers.delete(read));
    },
  };
}

/** Writes of runs fail so while it is not null. */
export type StoreFault = { error: Error | null };
const NO_FAULT: StoreFault = { error: null };

function withFault(store: Store, fault: StoreFault): Store {
  const runs: Store['runs'] = {
    ...store.runs,
    update: (...given) => (fault.error ? Promise.reject(fault.error) : store.runs.update(...given)),
  };
  const faulty: Store = { ...store, runs, patient: () => faulty };
  return faulty;
}

/** Its tasks are "hello", which needs a container, and "quiz", whose right answer is "right". */
export async function openWorkerHouse({ execute = passes, concurrency = 1, fault = NO_FAULT } = {}) {
  const folder = tempFolder();
  const store = await openTestStore(folder);
  const queue = await openQueue({ kind: 'in-process' }, { timer: atOnce });
  const engine = { ok: true };
  const { catalogue, changed } = environmentsOf([environment]);
  const { publish, ...heard } = createHearing();
  const courses = catalogueOf([{ ...demoCourse(), tasks: [taskNamed('hello'), quiz] }]);
  const taskOf = createTaskOfRun({ courses, taskFiles: keepsNoFiles, defaults: USUAL_ENVIRONMENTS });
  const clock = () => Date.parse(NOW);
  const faulty = withFault(store, fault);
  const worker = createWorker({
    store: faulty,
    timer: atOnce,
    queue,
    concurrency,
    execute,
    instance: 'test',
    runsFolder: join(folder, 'runs'),
    taskOf,
    publish,
    clock,
    environments: { ...catalogue, engine: () => ({ ok: engine.ok, sentence: '' }) },
    containers: fakeContainers({ list: async () => [], endLost: async () => 0 }),
    terminals: { of: () => () => NO_SCREEN },
    log: pino({ level: 'silent' }),
  });
  onTestFinished(async () => {
    await worker.close();
    await store.close();
  });

  return {
    folder,
    store,
    /** As the worker sees it. */
    faulty,
    queue,
    worker,
    /** For a worker of the test's own, instead of this one. */
    ports: { queue, publish, source: createRunSource({ store, taskOf, clock }) },
    recovery: createRecovery({
      store,
      queue,
      publish,
      isRunning: () => false,
      log: pino({ level: 'silent' }),
    }),
    ...heard,
    async verdictOf(runId: string) {
      await heard.said(runId, 'done');
      return (await store.runs.get(runId))?.outcome?.verdict;
    },
    /** Stores a run and its submission, as a student's that no worker has looked at yet. */
    async stored(id: string, change: Partial<Run> = {}): Promise<string> {
      const own = { course: 'c1', task: 'hello', userId: 'ada', ...change };
      const { course, task, userId } = own;
      const answers = { q1: 'x', m: 'right' };
      await store.submissions.insert({ id: `of-${id}`, course, task, userId, at: NOW, answers, attempt: 0 });
      await store.runs.insert(sampleRun(id, { submission: `of-${id}`, ...own }));
      return id;
    },
    engineGoes() {
      engine.ok = false;
      changed();
    },
    engineComes() {
      engine.ok = true;
      changed();
    },
  };
}

/** A failed run is tried again without a rest. */
function atOnce(work: () => void): () => void {
  const soon = setImmediate(work);
  return () => clearImmediate(soon);
}
