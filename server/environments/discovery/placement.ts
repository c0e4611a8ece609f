/** Where a task is graded: an environment, the runtime that runs it, and what the task may use there. Pure. */
import { EnvironmentAway } from '../../rules/errors.ts';
import { type Ceilings, type Limits, resolveLimits } from '../../rules/limits.ts';
import type { Environment, EnvironmentCatalogue, TaskName } from './environment.ts';
import { chooseRuntime, type Needs, type RuntimeTable, type RuntimeTraits } from './runtimes.ts';

export type Placement = {
  environment: Environment;
  runtime: string;
  traits: RuntimeTraits;
  limits: Limits;
  network: boolean;
  asRoot: boolean;
};

/** What a task requires of the place where it is graded. */
export type TaskToPlace = TaskName & {
  limits: Partial<Limits>;
  network: boolean;
  /** Needs beyond the labels of its environment. */
  environmentNeeds?: Needs;
};

export type Placing = {
  environments: Pick<EnvironmentCatalogue, 'find' | 'runtimes' | 'suggest'>;
  table: RuntimeTable;
  ceilings: Ceilings;
};

type Runtimes = Pick<Placing, 'environments' | 'table'>;

/**
 * Fails with EnvironmentAway when the environment cannot grade now, with its name and what to do.
 * @param runtime a runtime that the user named; null: the environment's own
 */
export function findRuntime(
  { environments, table }: Runtimes,
  task: TaskName & Pick<TaskToPlace, 'environmentNeeds'>,
  name: string,
  runtime: string | null,
): Pick<Placement, 'environment' | 'runtime' | 'traits'> & { reason: string } {
  const environment = environments.find(name, task);
  if (!environment) {
    const sentence =
      environments.suggest?.(name) ??
      `No image announces "${name}". "gradeport env list" shows those there are; build one with LABEL org.gradeport.grading.name=${name}, or change environment_id in its task.yaml.`;
    throw new EnvironmentAway(name, `Task "${task.id}" asks for environment "${name}". ${sentence}`);
  }
  if (environment.runtime === null) {
    throw new EnvironmentAway(name, `Environment "${name}" cannot be used: ${environment.reason}`);
  }
  const asked = withNeeds(environment, task);
  const { reason, ...choice } = chooseRuntime(asked, environments.runtimes(), table, runtime);
  if (choice.runtime === null) {
    throw new EnvironmentAway(name, `Environment "${name}" cannot run there: ${reason}`);
  }
  return { environment: asked, runtime: choice.runtime, traits: choice.traits, reason };
}

/** Where this run is graded. Fails as findRuntime does: whatever was true when the answer was handed in. */
export function findPlace(
  { ceilings, ...runtimes }: Placing,
  task: TaskToPlace,
  name: string,
  runtime: string | null,
): Placement & { reason: string } {
  const found = findRuntime(runtimes, task, name, runtime);
  return {
    ...found,
    limits: resolveLimits(task.limits, ceilings),
    network: task.network,
    asRoot: found.environment.needRoot,
  };
}

/** A task may ask for root or a GPU in an environment whose own labels do not. */
const withNeeds = (
  environment: Environment,
  { environmentNeeds }: Pick<TaskToPlace, 'environmentNeeds'>,
): Environment => ({
  ...environment,
  needRoot: environment.needRoot || environmentNeeds?.needRoot === true,
  needGpu: environment.needGpu || environmentNeeds?.needGpu === true,
});
