/** Limits of one run: defaults, what a task asks for, and the operator's ceilings. Pure. */
import { z } from 'zod';

const MIB = 2 ** 20;

export type Limits = {
  cpuMs: number;
  wallMs: number;
  memoryBytes: number;
  /** Processes and threads together. */
  pids: number;
  outputBytes: number;
  /** Size of the writable folder, and how many files and folders fit in it. */
  diskBytes: number;
  diskFiles: number;
  /** Size of /tmp, which is memory. */
  tmpBytes: number;
};

/** Time and memory are INGInious' own defaults (time 20 s, three times that on the wall, 1 GiB). */
export const defaultLimits: Limits = {
  cpuMs: 20_000,
  wallMs: 60_000,
  memoryBytes: 1024 * MIB,
  pids: 256,
  outputBytes: 1 * MIB,
  diskBytes: 64 * MIB,
  diskFiles: 8192,
  tmpBytes: 32 * MIB,
};

/** No task gets more than this unless the operator's config says so. */
export const ceilingsSchema = z.strictObject({
  cpuMs: z.coerce.number().int().positive().default(600_000),
  wallMs: z.coerce.number().int().positive().default(1_800_000),
  memoryBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(4096 * MIB),
  pids: z.coerce.number().int().positive().default(1024),
  outputBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(32 * MIB),
  diskBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(1024 * MIB),
  diskFiles: z.coerce.number().int().positive().default(100_000),
  tmpBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(1024 * MIB),
});
export type Ceilings = z.infer<typeof ceilingsSchema>;

/** Less than this and not even a container's first process fits: no verdict would be about the program. */
export const LEAST_MEMORY_BYTES = 32 * MIB;

/** Zero would mean "unlimited" to an engine, so only a positive number is a wish. */
const isWish = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;

/**
 * What the task asks for, or the default, but never above the operator's ceiling. A task that asks for more
 * processor time than the default and says nothing of the clock gets three times that on the clock.
 */
export function resolveLimits(asked: Partial<Limits>, ceilings: Limits): Limits {
  const cpuMs = isWish(asked.cpuMs) ? asked.cpuMs : defaultLimits.cpuMs;
  const fallback: Limits = { ...defaultLimits, cpuMs, wallMs: 3 * cpuMs };
  const keys = Object.keys(fallback) as (keyof Limits)[];
  const resolved = keys.map((key) => {
    const wish = asked[key];
    return [key, Math.min(isWish(wish) ? wish : fallback[key], ceilings[key])] as const;
  });
  const limits = Object.fromEntries(resolved) as Limits;
  return { ...limits, memoryBytes: Math.max(LEAST_MEMORY_BYTES, limits.memoryBytes) };
}

/** INGInious' own limit: a person who types needs time to think. */
const TERMINAL_MS = 1_800_000;

/** Limits of a student's terminal: what the grader asks for, within the operator's ceilings and what is left of them. */
export function terminalLimits(
  parent: Limits,
  asked: { timeMs: number; hardTimeMs: number; memoryBytes: number },
  ceilings: Limits,
  usedMs: number,
): { limits: Limits; sessionMs: number } {
  const wish = asked.hardTimeMs > 0 ? asked.hardTimeMs : TERMINAL_MS;
  const cpuMs = Math.min(asked.timeMs > 0 ? asked.timeMs : ceilings.cpuMs, ceilings.cpuMs);
  const limits = studentLimits(parent, { ...asked, timeMs: 0, hardTimeMs: 0 });
  return {
    limits: { ...limits, cpuMs },
    sessionMs: Math.max(0, Math.min(wish, ceilings.wallMs - usedMs)),
  };
}

/** Limits of a student run: what the grader asks for, never more than the grading container's own. */
export function studentLimits(
  parent: Limits,
  asked: { timeMs: number; hardTimeMs: number; memoryBytes: number },
): Limits {
  const least = (wish: number, limit: number) => (wish > 0 ? Math.min(wish, limit) : limit);
  return {
    ...parent,
    cpuMs: least(asked.timeMs, parent.cpuMs),
    wallMs: least(asked.hardTimeMs, parent.wallMs),
    memoryBytes: Math.max(LEAST_MEMORY_BYTES, least(asked.memoryBytes, parent.memoryBytes)),
  };
}
