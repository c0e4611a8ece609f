/** What an agent says of its program's end, and what it is told to watch. */
import type { AgentEnding } from '../../grading-api/protocol.ts';
import type { Limits } from '../core/limits.ts';
import type { Ending } from '../core/verdict.ts';
import type { Place } from './container-spec.ts';

export function endingOf(ended: AgentEnding, exitCode: number | null, limits: Limits): Ending {
  if (ended === 'output-limit') return { kind: 'output-limit', limitBytes: limits.outputBytes };
  if (ended === 'process-limit') return { kind: 'process-limit', limit: limits.pids };
  return { kind: 'finished', exitCode };
}

/** On a kernel of its own, forks that it refused are not seen from outside: the agent counts. */
export const countedInside = ({ traits, limits }: Place): number | null =>
  traits.sharedKernel ? null : limits.pids;
