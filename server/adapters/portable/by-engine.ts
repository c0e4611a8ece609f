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
  const figures = spec.ownKernel ? watchStats(container) : null;
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

type Figures = { cpuMs: number; memoryBytes: number };

/** Looks while it is asked, and answers with what it saw last: no caller waits for the engine. */
function watchStats(container: Docker.Container): () => Figures {
  let first: number | null = null;
  let seen: Figures = { cpuMs: 0, memoryBytes: 0 };
  let lookedAt = 0;
  const look = async () => {
    const { cpu_stats, memory_stats } = statsSchema.parse(
      await container.stats({ stream: false, 'one-shot': true }),
    );
    const cpuMs = cpu_stats.cpu_usage.total_usage / 1e6;
    first ??= cpuMs;
    const memoryBytes = memory_stats.max_usage ?? memory_stats.usage ?? 0;
    seen = { cpuMs: cpuMs - first, memoryBytes: Math.max(seen.memoryBytes, memoryBytes) };
  };
  return () => {
    if (performance.now() - lookedAt > PERIOD_MS) {
      lookedAt = performance.now();
      // A container that is gone has nothing more to say.
      look().catch(() => {});
    }
    return seen;
  };
}
