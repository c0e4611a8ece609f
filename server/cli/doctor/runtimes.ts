/** Checks each runtime by running a container on it. */

import type { Environment } from '../../environments/discovery/environment.ts';
import { type RuntimeTable, type RuntimeTraits, traitsOf } from '../../environments/discovery/runtimes.ts';
import { tryRuntime } from '../../execution/try-runtime.ts';
import type { Containers } from '../../ports/engine/containers.ts';
import { defaultLimits } from '../../rules/limits.ts';
import { durationText } from '../../text/quantities.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';

/** A container that is not ready by then never will be. */
const WALL_MS = 20_000;

export type Trials = {
  containers: Containers;
  table: RuntimeTable;
  /** The image of the test container; null: there is none. */
  environment: Environment | null;
  runsFolder: string;
  apiFolder: string;
};

export async function runtimeCheck(trials: Trials, runtime: string): Promise<Check> {
  const check = `runtime ${runtime}`;
  const { environment } = trials;
  const traits = traitsOf(runtime, trials.table);
  if (!traits) {
    const next = 'To use it, describe it under "runtimes" in the configuration.';
    return skipped(check, 'Gradeport does not know it; nothing runs on it.', next);
  }
  if (!environment) return skipped(check, 'Not tried: no environment can grade.', 'npm start builds some.');
  const { startMs, problem } = await start(trials, { environment, runtime, traits }, false);
  if (problem === null) return ok(check, `A container was ready in ${durationText(startMs)}.`);
  const next = `See what the engine says: docker run --rm --runtime ${runtime} ${environment.image} true`;
  return fail(check, inShort(problem), next);
}

/** Only tasks that ask for a network need the engine's network; all others run without. */
export async function networkCheck(trials: Trials): Promise<Check> {
  const check = 'network for tasks';
  const { environment, table } = trials;
  const traits = environment?.runtime ? traitsOf(environment.runtime, table) : null;
  if (!environment?.runtime || !traits?.sharedKernel) {
    return skipped(check, 'Not tried: no environment can grade on a runtime that has a network.');
  }
  const { problem } = await start(trials, { environment, runtime: environment.runtime, traits }, true);
  return problem === null
    ? ok(check, 'A container with a network starts, for tasks that say network_grading.')
    : warn(
        check,
        `Tasks that say network_grading cannot run: ${inShort(problem)}`,
        'If such tasks are wanted, restart the engine: it makes its bridge again.',
      );
}

/** Removes the engine client's prefix from the engine's message. */
const inShort = (problem: string): string => problem.replace(/^\(HTTP code \d+\) [\w ]+ - /, '').trim();

type Where = { environment: Environment; runtime: string; traits: RuntimeTraits };

function start({ containers, runsFolder, apiFolder }: Trials, where: Where, network: boolean) {
  const limits = { ...defaultLimits, wallMs: WALL_MS };
  return tryRuntime({
    containers,
    place: { ...where, limits, network, asRoot: false },
    runsFolder,
    apiFolder,
  });
}
