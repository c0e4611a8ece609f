/**
 * The accounting of a container whose machine we cannot look into. Its agent reports what it uses (grading-api/agent/
 * usage.py); the engine adds that the kernel ended a program for memory. Inside a kernel of its own an agent sees no
 * peak of memory, and a program that is root could speak for its agent, so there the engine's figures count as well. One
 * look takes the engine up to half a second.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { NO_USAGE } from '../../ports/engine/containers.ts';
import type { Accounting } from '../docker/container.ts';
import { unlessGone } from '../docker/errors.ts';

export const byEngine: Accounting = async ({ container, spec, ranOut }) => {
  const figures = spec.ownKernel ? watchStats(container, spec.policy.processors) : null;
  return {
    // The agent says what it does not find.
    uncounted: [],
    usage: async () => ({ ...NO_USAGE, ...figures?.(), oomKills: ranOut() ? 1 : 0 }),
    halt: () => killed(container),
  };
};

/** A storm of forks may keep the engine busy for a minute; the caller has other means. */
const LONGEST_KILL_MS = 1500;

async function killed(container: Docker.Container): Promise<boolean> {
  const killing = unlessGone(() => container.kill({ signal: 'SIGKILL' })).then(
    () => true,
    () => false,
  );
  return Promise.race([killing, pause(LONGEST_KILL_MS, false, { ref: false })]);
}

const PERIOD_MS = 500;
const count = z.number().catch(0);
const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count }) }),
  memory_stats: z.object({ usage: count, max_usage: count }).partial(),
});

type Figures = { cpuMs: number; cpuAtMostMs: number; memoryBytes: number };

/** What the engine said of processor time, and when it was asked for that. */
type Seen = { cpuMs: number; askedAt: number };

/**
 * Looks while it is asked, and answers with what it saw last: no caller waits for the engine. What was used since then is
 * no more than the container's processors can have done.
 */
export function watchStats(
  container: Pick<Docker.Container, 'stats'>,
  processors: number,
  now = () => performance.now(),
): () => Figures {
  /** A container may have waited for its program for hours. */
  let begunAt: number | null = null;
  let first: (Seen & { lateMs: number }) | null = null;
  let last: Seen | null = null;
  let memoryBytes = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async (askedAt: number) => {
    const { cpu_stats, memory_stats } = statsSchema.parse(
      await container.stats({ stream: false, 'one-shot': true }),
    );
    memoryBytes = Math.max(memoryBytes, memory_stats.max_usage ?? memory_stats.usage ?? 0);
    const cpuMs = cpu_stats.cpu_usage.total_usage / 1e6;
    // An engine that does not count says 0, and so does one of a container that has ended.
    if (cpuMs === 0 || (last && cpuMs < last.cpuMs)) return;
    first ??= { cpuMs, askedAt, lateMs: now() - askedAt };
    last = { cpuMs, askedAt };
  };
  return () => {
    const at = now();
    begunAt ??= at;
    if (at - lookedAt > PERIOD_MS) {
      lookedAt = at;
      // A container that is gone has nothing more to say.
      look(at).catch(() => {});
    }
    const cpuMs = first && last ? last.cpuMs - first.cpuMs : 0;
    // The first answer has some of what it came too late for in it.
    const unseenMs =
      first && last ? at - last.askedAt + (first.askedAt - begunAt) + first.lateMs : at - begunAt;
    return { cpuMs, cpuAtMostMs: cpuMs + unseenMs * processors, memoryBytes };
  };
}
