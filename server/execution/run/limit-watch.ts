/** Watches one container against its limits, from the kernel's accounting, and reports which one it hit. */
import { setTimeout as pause } from 'node:timers/promises';
import { NO_USAGE, type Usage } from '../../ports/engine/containers.ts';
import type { Limits } from '../../rules/limits.ts';
import type { Ending } from '../../rules/verdict.ts';

/** How often the accounting is read (0.1 ms each): an ending is known well within 250 ms. */
const PERIOD_MS = 40;

/** How long a message that the container sent before it ended may be on its way. */
const LAST_MESSAGE_MS = 100;

/** While the clock stands still, looking more often is useless. */
const LEAST_HELD_MS = 500;

export type LimitWatch = {
  /** Settles with the first limit that was hit, or with the container's death; never, if neither happens. */
  hit: Promise<Ending>;
  /**
   * Reads once more and stops; the limit found then, if any, and the last usage seen.
   * @param lateMs how long to go on reading for news that may come late; default: not at all
   */
  stop(lateMs?: number): Promise<{ hit: Ending | null; usage: Usage }>;
};

export type Watched = {
  usage(): Promise<Usage | null>;
  isFull(): Promise<boolean>;
  /** Size of the folder that isFull looks at; default: the limits' own. */
  placeBytes?: number;
  limits: Limits;
  /** What it means that the container is gone and hit no limit. */
  gone(): Ending;
  /** How much longer than the limit the clock may run, asked when it is over; default: not at all. */
  graceMs?(): number;
  /** How long the clock has stood still so far; default: never. */
  heldMs?(): number;
  /** Whether its programs only wait for a person: what that costs (polling) is not counted. */
  isWaiting?(): boolean;
};

/** Begins to watch. What the container used until now, while it waited, is not counted. */
export function watchLimits(watched: Watched): LimitWatch {
  const { limits } = watched;
  const hit = Promise.withResolvers<Ending>();
  const before = watched.usage();
  // An engine that does not answer now is reported by stop(), which asks once more: the run is then tried again.
  before.catch(() => {});
  let last: Usage = NO_USAGE;
  let found: Ending | null = null;
  let stopped = false;
  let seenCpuMs = 0;
  let waitedCpuMs = 0;
  let overSince: number | null = null;

  const conclude = (ending: Ending | null) => {
    found ??= ending;
    if (found) hit.resolve(found);
  };
  const look = async () => {
    const [base, usage, full] = await Promise.all([before, watched.usage(), watched.isFull()]);
    if (usage) {
      const cpuMs = Math.max(0, usage.cpuMs - (base?.cpuMs ?? 0));
      // Signed: an estimate may fall when more is known.
      if (watched.isWaiting?.()) waitedCpuMs += cpuMs - seenCpuMs;
      seenCpuMs = cpuMs;
      last = { ...usage, cpuMs: cpuMs - waitedCpuMs };
    }
    conclude(exceeded(last, full, limits, watched.placeBytes ?? limits.diskBytes));
    if (last.isOver) overSince ??= performance.now();
  };
  let next: NodeJS.Timeout | undefined;
  const tick = () => {
    next = setTimeout(async () => {
      await look().catch(() => {});
      if (overSince !== null && performance.now() - overSince > LAST_MESSAGE_MS) conclude(watched.gone());
      if (!stopped && !found) tick();
    }, PERIOD_MS);
  };
  tick();
  const timeUp = () => conclude({ kind: 'timeout', clock: 'wall', limitMs: limits.wallMs });
  let granted = 0;
  const clockOver = () => {
    const held = (watched.heldMs?.() ?? 0) - granted;
    if (held > 0) {
      const more = Math.max(held, LEAST_HELD_MS);
      granted += more;
      wall = setTimeout(clockOver, more);
      return;
    }
    const graceMs = watched.graceMs?.() ?? 0;
    if (graceMs > 0) wall = setTimeout(timeUp, graceMs);
    else timeUp();
  };
  let wall = setTimeout(clockOver, limits.wallMs);

  return {
    hit: hit.promise,
    async stop(lateMs = 0) {
      stopped = true;
      clearTimeout(next);
      clearTimeout(wall);
      await look();
      const until = performance.now() + lateMs;
      while (!found && performance.now() < until) {
        await pause(PERIOD_MS);
        await look();
      }
      return { hit: found, usage: last };
    },
  };
}

/** The first of these that holds names the ending: a cause before what it leads to. */
function exceeded(usage: Usage, full: boolean, limits: Limits, placeBytes: number): Ending | null {
  if (usage.oomKills > 0) return { kind: 'out-of-memory', limitBytes: limits.memoryBytes };
  if (usage.refusedForks > 0) return { kind: 'process-limit', limit: limits.pids };
  if (full) return { kind: 'disk-full', limitBytes: placeBytes };
  if (usage.cpuMs > limits.cpuMs) return { kind: 'timeout', clock: 'cpu', limitMs: limits.cpuMs };
  return null;
}
