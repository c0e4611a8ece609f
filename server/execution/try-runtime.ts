/** Starts a student container on a runtime and removes it, to find out whether the runtime works here. */
import { studentVoice } from '../../grading-api/voices.ts';
import type { Placement } from '../environments/discovery/placement.ts';
import { WORKER_UID } from '../environments/discovery/runs-as.ts';
import type { Containers } from '../ports/engine/containers.ts';
import { openAgent } from './agent/agent-link.ts';
import { openRunPlace } from './slots/places/open-run-place.ts';
import { containerSpec } from './slots/policy/container-spec.ts';
import { userFor } from './slots/policy/user-for.ts';
import { sharedSources } from './slots/shared-sources.ts';

export type Trial = { containers: Containers; place: Placement; runsFolder: string; apiFolder: string };

/** @returns how long it took, and what went wrong; null when nothing did */
export async function tryRuntime({
  containers,
  place,
  runsFolder,
  apiFolder,
}: Trial): Promise<{ startMs: number; problem: string | null }> {
  const begun = performance.now();
  try {
    const { volumes, users } = await containers.way();
    const shared = await sharedSources(volumes, apiFolder, null);
    const [id, instance] = [`try-${place.runtime}`, `doctor:${process.pid}`];
    const { limits } = place;
    const user = await userFor(place, users);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => user?.release());
    const programUser = user?.uid ?? null;
    const owner = programUser ?? WORKER_UID;
    const request = { id, instance, owner, limits, hosts: '' };
    await using workspace = await openRunPlace(volumes, runsFolder, request);
    const about = { slotId: id, instance, workspace, programUser, shared, compiled: null };
    const spec = containerSpec('student', place, about);
    const { studentBytes, reports, linePath } = workspace;
    const around = { studentBytes, reports, linePath: linePath(1) };
    await using _agent = await openAgent(containers, spec, around, studentVoice);
    return { startMs: performance.now() - begun, problem: null };
  } catch (error) {
    return {
      startMs: performance.now() - begun,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}
