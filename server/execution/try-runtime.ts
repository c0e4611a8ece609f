/** Starts a student container on a runtime and removes it, to find out whether the runtime works here. */
import { fromStudentAgent } from '../../grading-api/protocol.ts';
import type { Placement } from '../environments/discovery/placement.ts';
import type { Containers } from '../ports/containers.ts';
import { openAgent } from './agent/agent-link.ts';
import { containerSpec } from './slots/container-spec.ts';
import { openWorkspace } from './slots/workspace.ts';

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
    await using workspace = await openWorkspace(runsFolder, `try-${place.runtime}`, place.limits);
    const installation = { instance: `doctor:${process.pid}`, apiFolder };
    const container = { slotId: 'doctor', workspace, common: null, installation, compiled: null };
    const spec = containerSpec('student', place, container);
    const { studentBytes, linePath } = workspace;
    await using _agent = await openAgent(containers, spec, studentBytes, fromStudentAgent, linePath(1));
    return { startMs: performance.now() - begun, problem: null };
  } catch (error) {
    return {
      startMs: performance.now() - begun,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}
