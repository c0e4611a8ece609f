/** The worker as a running part of the server: takes runs from the queue, grades them, and recovers what was lost. */

import { sweepWorkspaces } from '../execution/slots/workspace.ts';
import { INSTANCE_LABEL } from '../ports/container-labels.ts';
import type { Containers } from '../ports/containers.ts';
import type { Queue } from '../ports/queue.ts';
import { SHUTDOWN, type WorkerDeps, workOn } from './grade-queued-run.ts';
import { createWorkPlaces } from './parked-runs.ts';
import { takeUpLost, takeUpWaiting } from './take-up.ts';
import { type EngineNews, untilEngineAnswers, waitsForEngine } from './until-engine-answers.ts';

/** How often runs are looked for that the store has and the queue does not. */
const LOOK_MS = 4000;

export type WorkerLoopDeps = Omit<WorkerDeps, 'waitsForPerson'> & {
  queue: Queue;
  environments: EngineNews;
  containers: Containers;
  instance: string;
  runsFolder: string;
  concurrency: number;
};

export type Worker = {
  /** Queues again what an earlier process left unfinished, then begins to work. */
  start(): Promise<void>;
  /** Ends the work on a run, which is then killed; false when this worker does not have it. */
  stop(runId: string): boolean;
  /** Takes nothing new; runs in progress go back to the queue of the next start. */
  close(): Promise<void>;
};

export function createWorker(deps: WorkerLoopDeps): Worker {
  const { store, queue, publish } = deps;
  const running = new Map<string, AbortController>();
  const closing = new AbortController();
  // A verdict waits for a database that is away, as long as that takes.
  const working = { ...deps, store: store.patient(closing.signal) };
  const places = createWorkPlaces();
  let stopWatchingEngine = () => {};
  let looking: NodeJS.Timeout | null = null;

  const queueAgain = (runId: string): Promise<void> =>
    queue.push(runId).catch((err: unknown) => deps.log.error({ err, run: runId }, 'not queued again'));

  const work = (runId: string): Promise<void> =>
    places.work(
      runId,
      () => workHere(runId),
      () => void queueAgain(runId),
    );

  async function workHere(runId: string): Promise<void> {
    if (closing.signal.aborted) return;
    const controller = new AbortController();
    running.set(runId, controller);
    try {
      const { waitsForPerson } = places;
      if (!(await waitedForEngine(runId, controller.signal)))
        return await workOn({ ...working, waitsForPerson }, runId, controller.signal);
    } finally {
      running.delete(runId);
    }
    await queueAgain(runId);
  }

  /** True when the run has no place any more, and needs one again; not when it was stopped while it waited. */
  async function waitedForEngine(runId: string, signal: AbortSignal): Promise<boolean> {
    if (!(await waitsForEngine(working, runId))) return false;
    places.waitsForEngine(runId);
    await untilEngineAnswers(deps.environments, signal);
    return !signal.aborted;
  }

  return {
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
    stop(runId) {
      const controller = running.get(runId);
      controller?.abort();
      return controller !== undefined;
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

/** Containers of an earlier process of this installation, whatever became of it. */
async function sweepContainers({ containers, instance, log }: WorkerLoopDeps): Promise<void> {
  try {
    for (const { id } of await containers.list(INSTANCE_LABEL, instance)) await containers.remove(id);
  } catch (error) {
    log.warn({ err: error }, 'could not look for containers left behind; the engine does not answer');
  }
}

/** Ends what an engine lost when it was killed: now, and whenever one that was away is back. */
function watchEngine({ containers, environments, runsFolder, log }: WorkerLoopDeps, closing: AbortSignal) {
  const look = async () => {
    try {
      const ended = await containers.endLost(runsFolder, closing);
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
