/** Each runtime, by really running a container on it. */
import { defaultLimits } from '../../core/limits.ts';
import type { Engine } from '../../engine/port.ts';
import type { Environment } from '../../environments/environment.ts';
import { type RuntimeTable, traitsOf } from '../../environments/runtimes.ts';
import { tryRuntime } from '../../grading/try-runtime.ts';
import { type Check, fail, ok, skipped } from './check.ts';

/** A container that is not ready then never will be. */
const WALL_MS = 20_000;

export type Trials = {
  engine: Engine;
  table: RuntimeTable;
  /** Where the trial runs; null: nothing can. */
  environment: Environment | null;
  runsFolder: string;
  apiFolder: string;
};

export async function runtimeCheck(trials: Trials, runtime: string): Promise<Check> {
  const { engine, environment, runsFolder, apiFolder } = trials;
  const check = `runtime ${runtime}`;
  const traits = traitsOf(runtime, trials.table);
  if (!traits) {
    const next = 'To use it, describe it under "runtimes" in the configuration.';
    return skipped(check, 'Gradeport does not know it; nothing runs on it.', next);
  }
  if (!environment) return skipped(check, 'Not tried: no environment can grade.', 'npm start builds some.');
  const place = {
    environment,
    runtime,
    traits,
    limits: { ...defaultLimits, wallMs: WALL_MS },
    network: false,
    asRoot: false,
  };
  const { startMs, problem } = await tryRuntime({ engine, place, runsFolder, apiFolder });
  if (problem === null) return ok(check, `A container was ready in ${startMs.toFixed(0)} ms.`);
  const next = `See what the engine says: docker run --rm --runtime ${runtime} ${environment.image} true`;
  return fail(check, problem, next);
}
