/** Statistics of the slots that wait for runs, for pages and metrics. */
import { z } from 'zod';

export const slotStatsSchema = z.object({
  /** Runs that found a slot waiting, and runs that had to wait for one. */
  hits: z.number(),
  misses: z.number(),
  /** Slots that wait, and slots that are being made. */
  idle: z.number(),
  opening: z.number(),
  /** How long the last refill took; null before the first. */
  lastRefillMs: z.number().nullable(),
  /** How many slots were made ahead, and how long that took in total. */
  refills: z.number(),
  refillMs: z.number(),
  keys: z.array(
    z.object({ environment: z.string(), runtime: z.string(), idle: z.number(), target: z.number() }),
  ),
});
export type SlotStats = z.infer<typeof slotStatsSchema>;

export type SlotWatch = { stats(): SlotStats };
