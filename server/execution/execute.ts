/** Grades one input of one task in containers. */
import { findPlace, type Placing, type TaskToPlace } from '../environments/discovery/placement.ts';
import type { GradedBy } from '../model/collections.ts';
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { RunEvent } from '../model/run-events.ts';
import type { Containers } from '../ports/engine/containers.ts';
import type { ShowTerminal } from '../ports/terminals.ts';
import { firstError, GradeportError } from '../rules/errors.ts';
import { type AttackKind, stopped } from '../rules/stopped-attacks.ts';
import { createSemaphore } from '../rules/turns.ts';
import { type StartTimes, startInTime } from './in-time.ts';
import type { GraderInput, TaskToRun } from './run/grading-job.ts';
import { type FinishedRun, gradeInContainers } from './run/grading-run.ts';
import type { SlotSource } from './slots/slot.ts';
import { hostsOf } from './slots/task-files.ts';

export type ExecutorDeps = Placing & {
  containers: Containers;
  slots: SlotSource;
  /** How many runs may use a GPU at once; default 1. */
  gpuRuns?: number;
  /** Whether a run is refused where the machine does not count what it uses; default: no. */
  strict?: boolean;
  /** How long a terminal waits for its student; default two minutes. */
  connectMs?: number;
};

/** A task that names the environment that grades it; a quiz does not. */
export type ContainerTask = TaskToPlace & TaskToRun & { environment: string };

export type GradeRequest<T = ContainerTask> = {
  runId: string;
  attempt: number;
  task: T;
  /** The course's shared folder, null if there is none. */
  common: string | null;
  input: GraderInput;
  /** A runtime requested by name; null: the environment's own. */
  runtime: string | null;
  debug: boolean;
  signal: AbortSignal;
  publish(event: RunEvent): void;
  /** See startInTime. */
  startsLate?: StartTimes['startsLate'];
  /** Shows a terminal to the person who waits for this run; absent: nobody waits. */
  showTerminal?: ShowTerminal | null;
};

export type Graded = FinishedRun & { environment: GradedBy };
export type Executor = (request: GradeRequest) => Promise<Graded>;

export function createExecutor(deps: ExecutorDeps): Executor {
  const gpus = createSemaphore(deps.gpuRuns ?? 1);
  return async (request) => {
    const place = findPlace(deps, request.task, request.task.environment, request.runtime);
    const { environment } = place;
    const way = await deps.containers.way();
    const graded: GradedBy = {
      name: environment.name,
      image: environment.image,
      digest: environment.digest,
      runtime: place.runtime,
      reason: place.reason,
      way: { name: way.name, reason: way.reason },
    };
    request.publish({ type: 'starting', attempt: request.attempt, environment: graded });
    await using turn = new AsyncDisposableStack();
    if (environment.needGpu) turn.use(await gpus.enter(request.signal));
    if (request.signal.aborted) return { ...stoppedWaiting(), environment: graded };
    const begun = performance.now();
    const hosts = hostsOf(request.task.folder);
    const tell = teller(request);
    const slot = await startInTime(
      (signal) => deps.slots.take({ place, common: request.common, hosts }, signal),
      { wallMs: place.limits.wallMs, signal: request.signal, startsLate: request.startsLate },
    ).catch((thrown: unknown) => {
      const error = firstError(thrown);
      // No other try would help: the image is at fault.
      if (error instanceof GradeportError && error.code === 'conflict' && !request.signal.aborted)
        tell('image', `${environment.name}: ${error.message}`);
      throw error;
    });
    if (slot === null) return { ...stoppedWaiting(), environment: graded };
    const finished = await gradeInContainers(
      {
        ...deps,
        begun,
        slot,
        parent: place,
        find: (name: string) => deps.environments.find(name, request.task),
        installedRuntimes: deps.environments.runtimes(),
        publish: request.publish,
        stopped: tell,
      },
      {
        task: request.task,
        ...request.input,
        debug: request.debug,
        signal: request.signal,
        showTerminal: request.showTerminal ?? null,
      },
    ).catch((error: unknown) => {
      throw firstError(error);
    });
    const mine = turn.move();
    return {
      ...finished,
      environment: graded,
      async [Symbol.asyncDispose]() {
        await finished[Symbol.asyncDispose]();
        await mine.disposeAsync();
      },
    };
  };
}

/** What an attack belongs to: the run, and the user who submitted it. */
function teller({ runId, task, input }: GradeRequest) {
  const user = input.input['@username'];
  const about = { run: runId, course: task.course, user: typeof user === 'string' ? user : undefined };
  return (kind: AttackKind, why: string) => stopped(kind, { ...about, why });
}

/** The result of a run that got no container. */
const stoppedWaiting = (): FinishedRun => ({
  outcome: outcomeWithoutRun({ kind: 'killed' }),
  folders: null,
  [Symbol.asyncDispose]: async () => {},
});
