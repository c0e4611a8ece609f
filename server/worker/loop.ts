/** Grading as a running part of the server: takes submissions in, works on them, stops them, recovers. */

import { outcomeWithoutRun } from '../execution/run/outcome.ts';
import { sweepWorkspaces } from '../execution/slots/workspace.ts';
import type { Publish } from '../model/run-events.ts';
import { INSTANCE_LABEL } from '../ports/container-labels.ts';
import type { Engine } from '../ports/engine.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';
import { debugRun } from '../submissions/debug-run.ts';
import type { Grading } from '../submissions/port.ts';
import { type SubmitDeps, submit } from '../submissions/submit.ts';
import { SHUTDOWN, type WorkerDeps, workOn } from './grade-queued-run.ts';
import { createWorkPlaces } from './parked-runs.ts';
import { takeUpLost, takeUpWaiting } from './take-up.ts';

/** How often runs are looked for that the store has and the queue does not. */
const LOOK_MS = 4000;

export type GradingDeps = Omit<SubmitDeps, 'entering'> &
  Omit<WorkerDeps, 'environments' | 'waitsForPerson'> & {
    engine: Engine;
    instance: string;
    runsFolder: string;
    concurrency: number;
  };

export type GradingService = Grading & {
  /** Queues again what an earlier process left unfinished, then begins to work. */
  start(): Promise<void>;
  /** Takes nothing new; runs in progress go back to the queue of the next start. */
  close(): Promise<void>;
};

export function createGrading(given: GradingDeps): GradingService {
  const { store, queue } = given;
  const waiters = createWaiters();
  const publish: Publish = (runId, event) => {
    given.publish(runId, event);
    if (event.type === 'done') waiters.tell(runId);
  };
  const running = new Map<string, AbortController>();
  const closing = new AbortController();
  const deps = { ...given, publish, entering: new Set<string>() };
  // A verdict waits for a database that is away, as long as that takes.
  const working = { ...deps, store: store.patient(closing.signal) };
  const places = createWorkPlaces();
  let stopWatchingEngine = () => {};
  let looking: NodeJS.Timeout | null = null;

  const work = (runId: string): Promise<void> =>
    places.work(
      runId,
      () => workHere(runId),
      () =>
        void queue
          .push(runId)
          .catch((err: unknown) => deps.log.error({ err, run: runId }, 'not queued again')),
    );

  async function workHere(runId: string): Promise<void> {
    if (closing.signal.aborted) return;
    const controller = new AbortController();
    running.set(runId, controller);
    try {
      const { waitsForPerson } = places;
      await workOn({ ...working, waitsForPerson }, runId, controller.signal);
    } finally {
      running.delete(runId);
    }
  }

  return {
    submit: (actor, courseId, taskId, answers, reading) =>
      submit(deps, actor, courseId, taskId, answers, reading),
    debug: (actor, runId) => debugRun(deps, actor, runId),
    async settled(runId, ms) {
      const told = waiters.wait(runId, ms);
      if ((await store.runs.get(runId))?.state === 'done') waiters.tell(runId);
      return told;
    },
    position: (runId) => queue.position(runId),
    async kill(actor, runId) {
      const run = await store.runs.get(runId);
      if (!run || !can(actor, 'kill-run', run))
        throw new GradeportError('not-found', 'There is no such run.');
      if (queue.remove(runId)) {
        const outcome = outcomeWithoutRun({ kind: 'killed' });
        const doneAt = new Date(deps.clock()).toISOString();
        const done = await store.runs.update(
          { id: runId, state: 'queued' },
          { $set: { state: 'done', doneAt, outcome } },
        );
        if (done) deps.publish(runId, { type: 'done', outcome });
        return done !== null;
      }
      const controller = running.get(runId);
      controller?.abort();
      return controller !== undefined;
    },
    async start() {
      await sweepContainers(deps);
      await sweepWorkspaces(deps.runsFolder);
      // A run that was being graded when its server died may have been the cause: it counts as a failure.
      await store.runs.updateMany({ state: 'running' }, { $set: { state: 'queued' }, $inc: { failures: 1 } });
      await takeUpWaiting({ store, queue, publish, running });
      queue.consume(work, deps.concurrency);
      const look = () =>
        takeUpLost({ store, queue, publish, running }).catch((err: unknown) =>
          deps.log.warn({ err }, 'could not look for runs that wait nowhere'),
        );
      looking = setInterval(() => void look(), LOOK_MS).unref();
      stopWatchingEngine = watchEngine(deps, closing.signal);
    },
    async close() {
      closing.abort();
      if (looking) clearInterval(looking);
      stopWatchingEngine();
      for (const controller of running.values()) controller.abort(SHUTDOWN);
      await queue.close();
      await places.settled();
    },
  };
}

/** Who waits for which run. */
function createWaiters() {
  const waiting = new Map<string, Set<() => void>>();
  return {
    tell(runId: string): void {
      for (const resolve of waiting.get(runId) ?? []) resolve();
    },
    wait(runId: string, ms: number): Promise<boolean> {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const all = waiting.get(runId) ?? new Set();
      waiting.set(runId, all);
      const settle = (isDone: boolean) => {
        clearTimeout(timer);
        all.delete(come);
        if (all.size === 0) waiting.delete(runId);
        resolve(isDone);
      };
      const come = () => settle(true);
      const timer = setTimeout(() => settle(false), ms);
      all.add(come);
      return promise;
    },
  };
}

/** Containers of an earlier process of this installation, whatever became of it. */
async function sweepContainers({ engine, instance, log }: GradingDeps): Promise<void> {
  try {
    for (const { id } of await engine.containers(INSTANCE_LABEL, instance)) await engine.removeContainer(id);
  } catch (error) {
    log.warn({ err: error }, 'could not look for containers left behind; the engine does not answer');
  }
}

/** Ends what an engine lost when it was killed: now, and whenever one that was away is back. */
function watchEngine({ engine, environments, runsFolder, log }: GradingDeps, closing: AbortSignal) {
  const look = async () => {
    try {
      const ended = await engine.endLost(runsFolder, closing);
      if (ended > 0) log.info({ ended }, 'ended programs of containers that the engine had lost');
    } catch (err) {
      if (!closing.aborted) log.warn({ err }, 'could not look for programs that the engine lost');
    }
  };
  let isThere = environments.engine().ok;
  void look();
  return environments.onChange(() => {
    const wasThere = isThere;
    isThere = environments.engine().ok;
    if (isThere && !wasThere) void look();
  });
}
