/** How the slots do that are made ahead: what pages and metrics may know of them. */
export type SlotStats = {
  hits: number;
  misses: number;
  /** Slots that wait, and that are being made. */
  idle: number;
  opening: number;
  /** How long the last refill took; null before the first. */
  lastRefillMs: number | null;
  /** How many slots were made ahead, and how long that took, added up. */
  refills: number;
  refillMs: number;
  keys: { environment: string; runtime: string; idle: number; target: number }[];
};
