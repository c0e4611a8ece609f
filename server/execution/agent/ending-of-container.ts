/** What the end of a container means for its program, and what its agent has to watch. */
import type { AgentEnding, Measure } from '../../../grading-api/protocol.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import type { Limits } from '../../rules/limits.ts';
import type { Ending } from '../../rules/verdict.ts';
import type { AgentEnd } from './agent-link.ts';

export function endingOf(ended: AgentEnding, exitCode: number | null, limits: Limits): Ending {
  if (ended === 'output-limit') return { kind: 'output-limit', limitBytes: limits.outputBytes };
  if (ended === 'cpu-limit') return { kind: 'timeout', clock: 'cpu', limitMs: limits.cpuMs };
  if (ended === 'process-limit') return { kind: 'process-limit', limit: limits.pids };
  return { kind: 'finished', exitCode };
}

/** Forks that a container's own kernel refused are invisible from outside: the agent counts them. */
export const countedInside = ({ traits, limits }: Placement): number | null =>
  traits.sharedKernel ? null : limits.pids;

/** reports: the agent says what its container uses. uncounted: what this machine cannot know of it. */
export type Counting = { reports: boolean; uncounted: readonly Measure[] };

/**
 * What an agent is to limit, where nothing counts the processor time of its container. The kernel knows whole seconds, and
 * counts each process separately.
 */
export const cpuSecondsFor = ({ reports, uncounted }: Counting, { cpuMs }: Limits): number | null =>
  reports || uncounted.includes('cpu') ? Math.max(1, Math.ceil(cpuMs / 1000)) : null;

/**
 * How long the engine may take to say that a program was ended for memory, where only it knows: beside an agent in a
 * kernel of its own. Asked for when a program did not end well.
 */
const LATE_NEWS_MS = 600;
export function lateNewsMs(ending: Ending, { traits }: Placement, reports: boolean): number {
  const endedWell = ending.kind === 'finished' && ending.exitCode === 0;
  return reports && !traits.sharedKernel && !endedWell && ending.kind !== 'killed' ? LATE_NEWS_MS : 0;
}

/** Docker's exit status for a container that it lost sight of while it was away itself. */
const LOST = 255;

/**
 * The ending of a container that ended before its program did. Only a program that is root can end its own container;
 * any other cause is not the program's fault.
 */
export function endOfContainer(end: AgentEnd, place: Placement, what: string): Ending {
  if (end.outOfMemory) return { kind: 'out-of-memory', limitBytes: place.limits.memoryBytes };
  const isUntold = end.exitCode === null || (end.exitCode === LOST && !place.asRoot);
  const engineLost = isUntold && !end.spokeNonsense;
  const how = engineLost ? 'The engine lost it.' : end.complaint || `Its exit status was ${end.exitCode}.`;
  const reason = `${what} ${how}`;
  if (place.asRoot && !engineLost) return { kind: 'crashed', reason };
  return { kind: 'system-error', reason, engineLost };
}

/** The container's first process is gone, and the engine has not said so yet: it may take 300 ms to. */
export function goneContainer(place: Placement, what: string): Ending {
  const reason = `${what} It was killed, or its first process was.`;
  return place.asRoot ? { kind: 'crashed', reason } : { kind: 'system-error', reason };
}
