/**
 * The loop of a worker: it takes runs from the queue, grades them beside an engine, and stops them. It reaches queue,
 * runs and watchers only through ports, so that it can be a process of its own (server/main/worker-process.ts).
 */
import type { Logger } from 'pino';
import { sweepWorkspaces } from '../execution/slots/places/workspace.ts';
import type { AwaitedEnvironment } from '../model/awaited.ts';
import { INSTANCE_LABEL } from '../ports/engine/container-labels.ts';
import type { Containers } from '../ports/engine/containers.ts';
import type { RunCommands } from '../ports/engine/run-commands.ts';
import type { Queue, Turn } from '../ports/queue.ts';
import { type GradeDeps, gradeQueuedRun, SHUTDOWN } from './grade-queued-run.ts';
import { createMachinePause, createTrials, type Trials } from './machine-pause.ts';
import { createParking } from './parking.ts';
import { patientSource } from './patient-source.ts';
import type { RunSource } from './run-source.ts';
import { type EngineNews, untilEngineAnswers } from './until-engine-answers.ts';

const PRUNE_MS = 3_600_000;

export type LoopDeps = Omit<GradeDeps, 'waitsForPerson' | 'startsLate' | 'pause' | 'trials' | 'log'> & {
  queue: Pick<Queue, 'consume' | 'close'>;
  environments: EngineNews;
  containers: Containers;
  instance: string;
  runsFolder: string;
  concurrency: number;
  log: Pick<Logger, 'error' | 'warn' | 'info'>;
};

export type RunLoop = RunCommands & {
  /** Removes what an earlier process left beside the engine. */
  sweep(): Promise<void>;
  /** Begins to work. */
  start(): void;
  isRunning(runId: string): boolean;
  /** Why all runs wait, as a sentence; null: they do not. */
  paused(): string | null;
  /** The environments that runs wait for. */
  awaited(): AwaitedEnvironment[];
  /** Takes no new runs; runs in progress go back to the queue of the next start. */
  close(): Promise<void>;
};

export function createRunLoop(deps: LoopDeps): RunLoop {
  const { queue, environments } = deps;
  const pause = createMachinePause(deps.log, deps.timer);
  const running = new Map<string, AbortController>();
  const parking = createParking();
  /** Runs that a person stopped while they went back to the queue: their next attempt ends at once. */
  const stopped = new Set<string>();
  const closing = new AbortController();
  const trials = createTrials();
  /** Runs with a verdict of their grader that is being stored, however long that takes. */
  const graded = new Set<string>();
  const source = noting(graded, patientSource(deps.source, pause, closing.signal, deps.timer));
  let endUpkeep = () => {};

  async function work(runId: string, turn: Turn): Promise<void> {
    if (closing.signal.aborted) return;
    const controller = new AbortController();
    const { signal } = controller;
    running.set(runId, controller);
    if (stopped.has(runId)) controller.abort();
    try {
      const places = {
        waitsForPerson: () => void parking.park(runId, turn, 'person'),
        startsLate: () => parking.park(runId, turn, 'late'),
      };
      if (!(await waitedForEngine(runId, turn, signal))) {
        if (pause.why() !== null && (await source.needsEngine(runId))) await pause.enter(signal);
        await gradeQueuedRun({ ...deps, ...places, source, pause, trials }, runId, signal);
        trials.forget(runId);
        return void stopped.delete(runId);
      }
      // The run gave its place away, so it is queued once more.
      turn.again();
    } finally {
      running.delete(runId);
      graded.delete(runId);
      parking.leave(runId);
    }
  }

  /** True when the run had to wait, and needs a place again; not when it was stopped meanwhile. */
  async function waitedForEngine(runId: string, turn: Turn, signal: AbortSignal): Promise<boolean> {
    // The run is looked up only while the engine is away, because the look-up is one more query.
    if (environments.engine().ok || !(await source.needsEngine(runId))) return false;
    parking.park(runId, turn, 'engine');
    await untilEngineAnswers(environments, signal);
    return !signal.aborted;
  }

  return {
    async sweep() {
      await sweepEngine(deps);
      await sweepFolder(deps);
    },
    start() {
      queue.consume(work, deps.concurrency);
      endUpkeep = beginUpkeep(deps, closing.signal);
    },
    isRunning: (runId) => running.has(runId),
    paused: pause.why,
    awaited: trials.awaited,
    ...commandsOf({ running, graded, stopped, trials }),
    async close() {
      closing.abort();
      endUpkeep();
      for (const controller of running.values()) controller.abort(SHUTDOWN);
      await queue.close();
    },
  };
}

/** @param graded gets the runs whose verdict is being stored; one that was stopped is none of them */
const noting = (graded: Set<string>, source: RunSource): RunSource => ({
  ...source,
  finish(run, ending) {
    if (ending.outcome.verdict !== 'killed') graded.add(run.id);
    return source.finish(run, ending);
  },
});

/** Removes the containers and volumes of an earlier process of this installation, however it ended. */
async function sweepEngine({ containers, instance, log }: LoopDeps): Promise<void> {
  try {
    for (const { id } of await containers.list(INSTANCE_LABEL, instance)) await containers.remove(id);
    const { volumes } = await containers.way();
    await volumes?.sweep(`${INSTANCE_LABEL}=${instance}`);
  } catch (error) {
    log.warn({ err: error }, 'could not look for containers left behind; the engine does not answer');
  }
}

async function sweepFolder({ runsFolder, log }: LoopDeps): Promise<void> {
  const left = await sweepWorkspaces(runsFolder);
  if (left !== null)
    log.warn({ left }, `not everything in ${runsFolder} could be removed; remove it by hand`);
}

type Marks = {
  running: Map<string, AbortController>;
  graded: ReadonlySet<string>;
  stopped: Set<string>;
  trials: Pick<Trials, 'forget'>;
};

const commandsOf = ({ running, graded, stopped, trials }: Marks): RunCommands => ({
  async stop(runId) {
    const controller = running.get(runId);
    if (!controller) {
      // It may have waited in the queue for another try, which will not come.
      trials.forget(runId);
      return null;
    }
    if (graded.has(runId)) return 'graded';
    stopped.add(runId);
    controller.abort();
    return 'stopping';
  },
  async stopNext(runId) {
    stopped.add(runId);
  },
});

function beginUpkeep(deps: LoopDeps, closing: AbortSignal): () => void {
  const stopWatching = watchEngine(deps, closing);
  const pruning = setInterval(() => void pruneVolumes(deps), PRUNE_MS).unref();
  return () => {
    clearInterval(pruning);
    stopWatching();
  };
}

/** Removes unused volumes, such as the shared folders of courses that have changed since. */
async function pruneVolumes({ containers, log }: LoopDeps): Promise<void> {
  try {
    await (await containers.way()).volumes?.sweep(null);
  } catch (err) {
    log.warn({ err }, 'could not look for volumes that are no longer used');
  }
}

/** Ends what an engine lost when it was killed: now, and whenever one that was away is back. */
function watchEngine({ containers, environments, runsFolder, log }: LoopDeps, closing: AbortSignal) {
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
