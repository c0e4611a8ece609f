/** Composes the executor from the configuration: for the server, its self-check, and commands. */
import { createExecutor, type Executor, type ExecutorDeps } from '../execution/execute.ts';
import type { Limits } from '../rules/limits.ts';

export type ExecutorSettings = {
  runtimes: ExecutorDeps['table'];
  ceilings: Limits;
  gpuRuns: number;
  strict: boolean;
};

export const openExecutor = (
  { runtimes: table, ceilings, gpuRuns, strict }: ExecutorSettings,
  parts: Pick<ExecutorDeps, 'containers' | 'environments' | 'slots'>,
): Executor => createExecutor({ ...parts, table, ceilings, gpuRuns, strict });
