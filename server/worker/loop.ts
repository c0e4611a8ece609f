/** The worker as a running part of the server: takes runs from the queue, grades them, and recovers what was lost. */

import { sweepWorkspaces } from '../execution/slots/workspace.ts';
import { INSTANCE_LABEL } from '../ports/container-labels.ts';
import type { Engine } from '../ports/engine.ts';
import type { Queue, Turn } from '../ports/queue.ts';
import type { RunCommands } from '../ports/run-commands.ts';
import { settleOpenKeys } from '../submissions/open-keys.ts';
import { SHUTDOWN, type WorkerDeps, workOn } from './grade-queued-run.ts';
import { takeUpLost, takeUpWaiting } from './take-up.ts';
import { type EngineNews, untilEngineAnswers, waitsForEngine } from './until-engine-answers.ts';

/** How often runs are looked for that the store has and the queue does not. */
const LOOK_MS = 4000;
/**
 * A run that waits for a person, or for the engine, lets another one have its place: a few students who think must not
 * keep all others waiting, and quizzes need no engine. More runs at a terminal keep their places, since their containers
 * take memory, if no processor.
 */
const MOST_AT_TERMINALS = 20;
/** More keep their places, so that the queue fills and refuses submissions as it always does. */
const MOST_WITHOUT_ENGINE = 1000;

export type WorkerLoopDeps = Omit<WorkerDeps, 'waitsForPerson'> & {
  queue: Queue;
  environments: EngineNews;
  engine: Engine;
  instance: string;
  runsFolder: string;
  concurrency: number;
};

export type Worker = RunCommands & {
  /** Queues again what an earlier process left unfinished, then begins to work. */
  start(): Promise<void>;
  /** Takes nothing new; runs in progress go back to the queue of the next start. */
  close(): Promise<void>;
};

export function createWorker(deps: WorkerLoopDeps): Worker {
  const { store, queue, publish } = deps;
  const running = new Map<string, AbortController>();
  const parked = new Set<string>();
  const closing = new AbortController();
  // A verdict waits for a database that is away, as long as that takes.
  const working = { ...deps, store: store.patient(closing.signal) };
  let stopWatchingEngine = () => {};
  let looking: NodeJS.Timeout | null = null;

  function park(runId: string, turn: Turn, most: number): void {
    if (parked.has(runId) || parked.size >= most) return;
    parked.add(runId);
    turn.park();
  }

  async function work(runId: string, turn: Turn): Promise<void> {
    if (closing.signal.aborted) return;
    const controller = new AbortController();
    const { signal } = controller;
    running.set(runId, controller);
    try {
      const waitsForPerson = () => park(runId, turn, MOST_AT_TERMINALS);
      if (!(await waitedForEngine(runId, turn, signal)))
        return await workOn({ ...working, waitsForPerson }, runId, signal);
      // It left its place to others: it is handed out once more.
      await queue.push(runId);
    } finally {
      running.delete(runId);
      parked.delete(runId);
    }
  }

  /** True when the run had to wait, and needs a place again; not when it was stopped meanwhile. */
  async function waitedForEngine(runId: string, turn: Turn, signal: AbortSignal): Promise<boolean> {
    if (!(await waitsForEngine(working, runId))) return false;
    park(runId, turn, MOST_WITHOUT_ENGINE);
    await untilEngineAnswers(deps.environments, signal);
    return !signal.aborted;
  }

  return {
    async start() {
      await sweepContainers(deps);
      await sweepWorkspaces(deps.runsFolder);
      // A run that was being graded when its server died may have been the cause: it counts as a failure.
      await store.runs.updateMany({ state: 'running' }, { $set: { state: 'queued' }, $inc: { failures: 1 } });
      await settleOpenKeys(store);
      await takeUpWaiting({ store, queue, publish, running });
      queue.consume(work, deps.concurrency);
      const look = () =>
        takeUpLost({ store, queue, publish, running }).catch((err: unknown) =>
          deps.log.warn({ err }, 'could not look for runs that wait nowhere'),
        );
      looking = setInterval(() => void look(), LOOK_MS).unref();
      stopWatchingEngine = watchEngine(deps, closing.signal);
    },
    async stop(runId) {
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
    },
  };
}

/** Containers of an earlier process of this installation, whatever became of it. */
async function sweepContainers({ engine, instance, log }: WorkerLoopDeps): Promise<void> {
  try {
    for (const { id } of await engine.containers(INSTANCE_LABEL, instance)) await engine.removeContainer(id);
  } catch (error) {
    log.warn({ err: error }, 'could not look for containers left behind; the engine does not answer');
  }
}

/** Ends what an engine lost when it was killed: now, and whenever one that was away is back. */
function watchEngine({ engine, environments, runsFolder, log }: WorkerLoopDeps, closing: AbortSignal) {
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
