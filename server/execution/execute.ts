/** Grades one input of one task in containers. */
import type { Task } from '../courses/task.ts';
import type { Environment, TaskName } from '../environments/discovery/environment.ts';
import { chooseRuntime, type RuntimeTable } from '../environments/discovery/runtimes.ts';
import type { GradedBy } from '../model/collections.ts';
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { RunEvent } from '../model/run-events.ts';
import type { Engine } from '../ports/engine.ts';
import type { ShowTerminal } from '../ports/terminals.ts';
import { GradeportError } from '../rules/errors.ts';
import { type Ceilings, resolveLimits } from '../rules/limits.ts';
import type { GraderInput } from '../worker/grader-input.ts';
import { type FinishedRun, gradeInContainers } from './run/grading-run.ts';
import { createGate } from './semaphore.ts';
import type { Place } from './slots/container-spec.ts';
import type { SlotSource } from './slots/slot.ts';

export type GraderDeps = {
  engine: Engine;
  environments: {
    find(name: string, task?: TaskName): Environment | null;
    runtimes(): readonly string[];
    /** What to do about a name that leads to none, in a sentence. */
    suggest?(name: string): string | null;
  };
  table: RuntimeTable;
  ceilings: Ceilings;
  slots: SlotSource;
  /** How many runs may use a GPU at once; without it one. */
  gpuRuns?: number;
  /** How long a terminal waits for its student; default two minutes. */
  connectMs?: number;
};

/** What no quiz is: a task that names the environment that grades it. */
export type ContainerTask = Task & { environment: string };

export type GradeRequest<T extends Task = Task> = {
  runId: string;
  attempt: number;
  task: T;
  /** The course's shared folder, null if there is none. */
  common: string | null;
  input: GraderInput;
  /** A runtime asked for by name, null: the environment's own. */
  runtime: string | null;
  debug: boolean;
  signal: AbortSignal;
  publish(event: RunEvent): void;
  /** Shows a terminal to whoever waits for this run; without it nobody does. */
  showTerminal?: ShowTerminal | null;
};

export type Graded = FinishedRun & { environment: GradedBy };
export type Executor = (request: GradeRequest<ContainerTask>) => Promise<Graded>;

export function createGrader(deps: GraderDeps): Executor {
  const gpus = createGate(deps.gpuRuns ?? 1);
  return async (request) => {
    const place = findPlace(deps, request.task, request.task.environment, request.runtime);
    const { environment } = place;
    const graded: GradedBy = {
      name: environment.name,
      image: environment.image,
      digest: environment.digest,
      runtime: place.runtime,
      reason: place.reason,
    };
    request.publish({ type: 'starting', attempt: request.attempt, environment: graded });
    await using turn = new AsyncDisposableStack();
    if (environment.needGpu) turn.use(await gpus.enter(request.signal));
    if (request.signal.aborted) return { ...stoppedWaiting(), environment: graded };
    const finished = await gradeInContainers(
      {
        ...deps,
        parent: place,
        common: request.common,
        find: (name: string) => deps.environments.find(name, request.task),
        installedRuntimes: deps.environments.runtimes(),
        publish: request.publish,
      },
      {
        task: request.task,
        ...request.input,
        debug: request.debug,
        signal: request.signal,
        showTerminal: request.showTerminal ?? null,
      },
    );
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

/** Fails with "conflict", naming the environment and what to do, when it cannot grade now. */
export function findPlace(
  { environments, table, ceilings }: Pick<GraderDeps, 'environments' | 'table' | 'ceilings'>,
  task: Task,
  name: string,
  runtime: string | null,
): Place & { reason: string } {
  const environment = environments.find(name, task);
  if (!environment) {
    const sentence =
      environments.suggest?.(name) ??
      `No image announces "${name}". "gradeport env list" shows those there are; build one with LABEL org.gradeport.grading.name=${name}, or change environment_id in its task.yaml.`;
    throw new GradeportError('conflict', `Task "${task.id}" asks for environment "${name}". ${sentence}`);
  }
  if (environment.runtime === null) {
    throw new GradeportError('conflict', `Environment "${name}" cannot be used: ${environment.reason}`);
  }
  const asked = withNeeds(environment, task);
  const choice = chooseRuntime(asked, environments.runtimes(), table, runtime);
  if (choice.runtime === null) {
    throw new GradeportError('conflict', `Environment "${name}" cannot run there: ${choice.reason}`);
  }
  return {
    environment: asked,
    runtime: choice.runtime,
    traits: choice.traits,
    reason: choice.reason,
    limits: resolveLimits(task.limits, ceilings),
    network: task.network,
    asRoot: asked.needRoot,
  };
}

/** A task may ask for root or a GPU in an environment whose own labels do not. */
const withNeeds = (environment: Environment, { environmentNeeds }: Task): Environment => ({
  ...environment,
  needRoot: environment.needRoot || environmentNeeds?.needRoot === true,
  needGpu: environment.needGpu || environmentNeeds?.needGpu === true,
});

/** The end of a run that got no container. */
const stoppedWaiting = (): FinishedRun => ({
  outcome: outcomeWithoutRun({ kind: 'killed' }),
  folders: null,
  [Symbol.asyncDispose]: async () => {},
});
