/** Waits that grow with every failure of a key: an account on a network, a device, a course's key on a network. */

export type Backoff = {
  /**
   * Begins a try, which counts as a failure until `forgive`: a hundred at once gain nothing.
   * @param free how many failures cost nothing; absent: the usual number
   * @returns how long to wait in ms; 0: go on
   */
  begin(key: string, free?: number): number;
  forgive(key: string): void;
};

type Tries = { failures: number; until: number; last: number };
type Settings = {
  clock: () => number;
  free?: number;
  firstMs?: number;
  mostMs?: number;
  /** After this time without a try a key is new again. */
  forgetMs?: number;
  mostKeys?: number;
};

const MINUTE_MS = 60_000;

export function createBackoff({
  clock,
  free = 10,
  firstMs = MINUTE_MS,
  mostMs = 15 * MINUTE_MS,
  forgetMs = 60 * MINUTE_MS,
  mostKeys = 50_000,
}: Settings): Backoff {
  /** The oldest first. */
  const known = new Map<string, Tries>();

  function triesOf(key: string, now: number): Tries | null {
    const tries = known.get(key);
    return tries === undefined || now - tries.last > forgetMs ? null : tries;
  }

  return {
    begin(key, freeNow = free) {
      const now = clock();
      const before = triesOf(key, now);
      if (before && now < before.until) return before.until - now;
      const failures = (before?.failures ?? 0) + 1;
      const over = failures - freeNow;
      const until = over < 0 ? 0 : now + Math.min(mostMs, firstMs * 2 ** Math.min(over, 20));
      known.delete(key);
      known.set(key, { failures, until, last: now });
      for (const oldest of known.keys()) {
        if (known.size <= mostKeys) break;
        known.delete(oldest);
      }
      return 0;
    },
    forgive: (key) => void known.delete(key),
  };
}
