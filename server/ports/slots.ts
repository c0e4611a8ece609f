/** How the slots do that wait for runs, for those who watch the server. */
import { z } from 'zod';

export const slotStatsSchema = z.object({
  /** Runs that found a slot waiting, and runs that had to wait for one. */
  hits: z.number(),
  misses: z.number(),
  /** Slots that wait, and that are being made. */
  idle: z.number(),
  opening: z.number(),
  /** How long the last refill took; null before the first. */
  lastRefillMs: z.number().nullable(),
  /** How many slots were made ahead, and how long that took, added up. */
  refills: z.number(),
  refillMs: z.number(),
  keys: z.array(
    z.object({ environment: z.string(), runtime: z.string(), idle: z.number(), target: z.number() }),
  ),
});
export type SlotStats = z.infer<typeof slotStatsSchema>;

export type SlotWatch = { stats(): SlotStats };
