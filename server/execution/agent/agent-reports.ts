/** What an agent reports of its container, where this machine cannot look: grading-api/agent/usage.py. */
import { type Measure, type UsageReport, usageReport } from '../../../grading-api/protocol.ts';
import { NO_USAGE, type Usage } from '../../ports/engine/containers.ts';

export function createReports() {
  let last: UsageReport | null = null;
  /** A program's files go when it ends: by the next look at the limits, a later report may say that there is room. */
  const filled = new Set<'task' | 'student'>();
  return {
    /** @returns whether the message was a report */
    take(message: { type: string }): boolean {
      if (message.type !== 'usage') return false;
      last = usageReport.parse(message);
      for (const place of last.full) filled.add(place);
      return true;
    },
    /**
     * The last report, from the start of the program on. The engine's figures count as well: an agent sees less than all
     * in a container with a kernel of its own, and a program that is root there may speak for it. Such a kernel also counts the
     * time for which programs wait for a processor: what the engine knows to be too much is not believed.
     */
    withEngine(engine: Usage | null): Usage {
      const { cpuMs, memoryBytes, oomKills, refusedForks } = last ?? NO_USAGE;
      return {
        cpuMs: Math.max(Math.min(cpuMs, engine?.cpuAtMostMs ?? cpuMs), engine?.cpuMs ?? 0),
        memoryBytes: Math.max(memoryBytes, engine?.memoryBytes ?? 0),
        oomKills: Math.max(oomKills, engine?.oomKills ?? 0),
        refusedForks,
        isOver: false,
      };
    },
    missing: (): readonly Measure[] => last?.missing ?? [],
    /** Whether it was without room at any time since the program started. */
    isFull: (place: 'task' | 'student'): boolean => filled.has(place),
  };
}
