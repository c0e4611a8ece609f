/** Composes the way from a submission to its verdict: queue, worker, slots, and the readers of run events. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { LiveCatalogue } from '../environments/catalogue.ts';
import type { SlotDeps } from '../execution/slots/slot.ts';
import { createSlotPool } from '../execution/slots/slot-pool.ts';
import { createGradeReturns } from '../lti/grade-returns.ts';
import { createPost } from '../lti/post.ts';
import { ownersById } from '../people/teams.ts';
import type { Queue } from '../ports/queue.ts';
import type { RunEvents, RunReader } from '../ports/run-events.ts';
import type { Store } from '../ports/store.ts';
import type { Amounts } from '../submissions/admission/amounts.ts';
import { createPace } from '../submissions/admission/pace.ts';
import { countedRun } from '../submissions/progress.ts';
import { createSubmissions } from '../submissions/service.ts';
import { createVerdictWaiters } from '../submissions/verdict-waiters.ts';
import { createWorker, type WorkerDeps } from '../worker/worker.ts';
import { openExecutor } from './open-executor.ts';
import type { OpenTaskFiles } from './open-task-files.ts';

type GradingDeps = Pick<OpenTaskFiles, 'taskFiles' | 'taskOf'> & {
  config: Config;
  store: Store;
  courses: CourseCatalogue;
  queue: Queue;
  environments: LiveCatalogue;
  slotDeps: SlotDeps;
  instance: string;
  amounts: Amounts;
  events: RunEvents;
  terminals: NonNullable<WorkerDeps['terminals']>;
  /** Readers of run events, beside the pages that follow a run and the readers of this file. */
  readers: readonly { saw: RunReader }[];
  log: Logger;
  clock(): number;
};

/** @param undo gets everything that is to be closed */
export function openGrading(deps: GradingDeps, undo: AsyncDisposableStack) {
  const { config, store, courses, queue, environments, slotDeps, events, log, clock } = deps;
  const slots = createSlotPool(slotDeps, config.pool, log, clock);
  undo.defer(() => slots.close());
  environments.onChange(() => slots.keepOnly(environments.digests()));
  const gradeReturns = openGradeReturns(deps);
  const verdicts = createVerdictWaiters();
  for (const reader of [verdicts, ...deps.readers, gradeReturns]) events.subscribe(reader.saw);
  const { taskFiles, taskOf } = deps;
  const { amounts } = deps;
  const shared = {
    store,
    queue,
    courses,
    environments,
    taskFiles,
    taskOf,
    publish: events.append,
    clock,
    amounts,
  };
  const worker = createWorker({
    ...shared,
    terminals: deps.terminals,
    execute: openExecutor(config, { containers: slotDeps.containers, environments, slots }),
    log,
    containers: slotDeps.containers,
    instance: deps.instance,
    runsFolder: slotDeps.runsFolder,
    concurrency: config.concurrency,
  });
  const grading = createSubmissions({
    ...shared,
    table: config.runtimes,
    limits: { maxTextBytes: config.maxTextBytes, maxFileBytes: config.maxUploadBytes },
    pace: createPace(config.submissions),
    verdicts,
    commands: worker,
    newId: randomUUID,
  });
  return { slots, gradeReturns, worker, grading };
}

function openGradeReturns({ config, store, courses, log, clock }: GradingDeps) {
  return createGradeReturns({
    store,
    courses,
    clock,
    log,
    post: createPost(config.lti.privateHosts),
    counted: async ({ course, task: id, userId }) => {
      const task = await courses.task(course, id);
      return task && countedRun(store, { owners: await ownersById(store, userId), staff: true }, task);
    },
    last: async ({ userId, ...task }) =>
      store.submissions.findOne({ ...task, userId: await ownersById(store, userId) }, { sort: { at: -1 } }),
  });
}
