/**
 * Slots made ahead. A shelf holds the slots of one key, which stands for everything that their containers are made
 * from; on the shelves used lately some slots wait, as many as fit. Refilling is background work and never holds up a run.
 */
import type { Logger } from 'pino';
import type { SlotStats, SlotWatch } from '../../ports/slots.ts';
import { Shelf, type ShelfDeps } from './shelf.ts';
import { type PoolConfig, planRefill, targetOf } from './shelf-policy.ts';
import { openSlot, placeKey, type Slot, type SlotDeps, type SlotRequest, type SlotSource } from './slot.ts';

export type SlotPool = SlotSource &
  SlotWatch & {
    /** Ends waiting slots of revisions that are not in this list of digests. */
    keepOnly(digests: ReadonlySet<string>): void;
    /** Ends everything that waits and all clean-up in progress. */
    close(): Promise<void>;
  };

const SWEEP_MS = 5_000;
/** About one container start: a run that arrives earlier waits at most twice as long. */
const REFILL_AFTER_MS = 100;

export function createSlotPool(
  deps: SlotDeps,
  config: PoolConfig,
  log: Logger,
  clock: () => number,
): SlotPool {
  const shelves = new Map<string, Shelf>();
  const stats = { hits: 0, misses: 0, lastRefillMs: null as number | null, refills: 0, refillMs: 0 };
  const background = trackWork(log);
  let closed = false;

  async function make(request: SlotRequest, students: number): Promise<Slot> {
    await deps.compiled?.prepare(request.place);
    return openSlot(deps, request, students);
  }

  async function makeAhead(request: SlotRequest, students: number): Promise<Slot | null> {
    const begun = performance.now();
    try {
      const slot = await make(request, students);
      stats.lastRefillMs = performance.now() - begun;
      stats.refills += 1;
      stats.refillMs += stats.lastRefillMs;
      return slot;
    } catch (err) {
      log.warn({ err }, 'a slot could not be made ahead');
      return null;
    }
  }

  function refill(): void {
    if (closed) return;
    for (const { open, retire } of planRefill([...shelves.values()], config)) {
      retire?.retireOldest();
      background.track(open.openAhead());
    }
  }

  const retire = (slots: Slot[]): void => {
    for (const slot of slots) background.track(slot[Symbol.asyncDispose]());
  };
  const shelfDeps: ShelfDeps = { open: makeAhead, retire, onReady: refill };

  function shelfOf(request: SlotRequest): Shelf {
    const key = JSON.stringify([placeKey(request.place), request.common]);
    const shelf = shelves.get(key) ?? new Shelf(request, shelfDeps, clock());
    shelves.set(key, shelf);
    return shelf;
  }

  async function pick(shelf: Shelf): Promise<Slot> {
    const hasReady = shelf.ready > 0;
    stats[hasReady ? 'hits' : 'misses'] += 1;
    return (await shelf.take()) ?? openSlot(deps, shelf.request, shelf.studentsAhead);
  }

  const sweep = setInterval(() => {
    for (const [key, shelf] of shelves) {
      shelf.sweep(config, clock());
      const isIdle = clock() - shelf.lastUsed > config.idleMs;
      if (isIdle && shelf.ready + shelf.opening === 0) shelves.delete(key);
    }
    refill();
  }, SWEEP_MS).unref();

  return {
    async take(request) {
      // A waiting container would keep a GPU from the runs that need it now.
      if (config.maxIdle === 0 || request.place.environment.needGpu) return openSlot(deps, request);
      const shelf = shelfOf(request);
      shelf.demand += 1;
      shelf.lastUsed = clock();
      const slot = await pick(shelf);
      // Making the next slot while this run works would slow it down, and most runs are over soon; then it is made at
      // once. A longer run shares the processors: other runs may come, and would wait for their slots.
      if (shelf.ready === 0) setTimeout(refill, REFILL_AFTER_MS).unref();
      return {
        ...slot,
        // The verdict does not wait for clean-up.
        async [Symbol.asyncDispose]() {
          retire([slot]);
          shelf.learn(slot.studentsTaken());
          refill();
        },
      };
    },
    stats: () => ({ ...stats, ...countsOf([...shelves.values()], config) }),
    keepOnly(digests) {
      for (const [key, shelf] of shelves) {
        if (digests.has(shelf.request.place.environment.digest)) continue;
        shelf.close();
        shelves.delete(key);
      }
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      for (const shelf of shelves.values()) shelf.close();
      await background.ended();
    },
  };
}

function countsOf(shelves: Shelf[], config: PoolConfig): Pick<SlotStats, 'idle' | 'opening' | 'keys'> {
  return {
    idle: shelves.reduce((sum, { ready }) => sum + ready, 0),
    opening: shelves.reduce((sum, { opening }) => sum + opening, 0),
    keys: shelves.map((shelf) => ({
      environment: shelf.request.place.environment.name,
      runtime: shelf.request.place.runtime,
      idle: shelf.ready,
      target: targetOf(shelf, config),
    })),
  };
}

/** Work that no run waits for, but that closing does. */
function trackWork(log: Logger) {
  const running = new Set<Promise<unknown>>();
  return {
    track(work: Promise<unknown>): void {
      const settled = work.catch((err: unknown) => log.warn({ err }, 'background work on slots failed'));
      running.add(settled);
      void settled.then(() => running.delete(settled));
    },
    async ended(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
