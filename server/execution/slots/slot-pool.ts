/**
 * Slots made ahead. A shelf holds the slots of one key, which stands for everything that their containers are made
 * from; on the shelves used lately some slots wait, as many as fit. Refilling is background work and never holds up a run.
 */
import type { Logger } from 'pino';
import type { SlotStats, SlotWatch } from '../../ports/slots.ts';
import { GradeportError } from '../../rules/errors.ts';
import { isForgotten, type PoolConfig, planRefill, targetOf } from './policy/shelf-policy.ts';
import { Shelf, type ShelfDeps } from './shelf.ts';
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
  const background = trackWork(log);
  const closing = new AbortController();
  const maker = createMaker(deps, log, closing.signal);
  const shelves = createShelves({ open: maker.makeAhead, retire, onReady: refill }, config, clock);
  const taken = { hits: 0, misses: 0 };
  let closed = false;

  function refill(): void {
    if (closed) return;
    for (const { open, retire } of planRefill(shelves.all(), config)) {
      retire?.retireOldest();
      background.track(open.openAhead());
    }
  }

  function retire(slots: Slot[]): void {
    for (const slot of slots) background.track(slot[Symbol.asyncDispose]());
  }

  async function pick(shelf: Shelf, signal?: AbortSignal): Promise<Slot> {
    const hasReady = shelf.ready > 0;
    taken[hasReady ? 'hits' : 'misses'] += 1;
    const slot = await unlessAborted(shelf.take(), signal, (late) => retire([late]));
    return slot ?? openSlot(deps, shelf.request, shelf.studentsAhead, signal);
  }

  const sweep = setInterval(() => {
    shelves.sweep();
    refill();
  }, SWEEP_MS).unref();

  return {
    async take(request, signal) {
      // A waiting container would keep a GPU from the runs that need it now.
      if (config.maxIdle === 0 || request.place.environment.needGpu)
        return openSlot(deps, request, 0, signal);
      const shelf = shelves.of(request);
      shelf.demand += 1;
      shelf.lastUsed = clock();
      const slot = await pick(shelf, signal);
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
    stats: () => ({ ...taken, ...maker.stats(), ...countsOf(shelves.all(), config) }),
    keepOnly: shelves.keepOnly,
    async close() {
      closed = true;
      closing.abort();
      clearInterval(sweep);
      for (const shelf of shelves.all()) shelf.close();
      await background.ended();
    },
  };
}

/**
 * @param late gets what comes after the signal
 * @returns undefined: the signal was aborted before
 */
async function unlessAborted<T>(
  work: Promise<T> | T,
  signal: AbortSignal | undefined,
  late: (result: NonNullable<T>) => void,
): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const abort = () => resolve(undefined);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  try {
    const first = await Promise.race([promise, work]);
    if (signal?.aborted && work instanceof Promise)
      work.then((result) => result && late(result)).catch(() => {});
    return signal?.aborted ? undefined : first;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Makes slots before a run asks for them, and measures how long that takes. */
function createMaker(deps: SlotDeps, log: Logger, closing: AbortSignal) {
  const stats = { lastRefillMs: null as number | null, refills: 0, refillMs: 0 };

  async function makeAhead(request: SlotRequest, students: number): Promise<Slot | null> {
    const begun = performance.now();
    try {
      await unlessAborted(deps.compiled?.prepare(request.place), closing, () => {});
      const slot = await openSlot(deps, request, students, closing);
      stats.lastRefillMs = performance.now() - begun;
      stats.refills += 1;
      stats.refillMs += stats.lastRefillMs;
      return slot;
    } catch (err) {
      if (closing.aborted) return null;
      log.warn({ err }, 'a slot could not be made ahead');
      // A run that waits for this slot need not find out a second time that the image is at fault.
      if (err instanceof GradeportError && err.code === 'conflict') throw err;
      return null;
    }
  }

  return { makeAhead, stats: () => stats };
}

/** The shelves in use, one for each key. */
function createShelves(deps: ShelfDeps, config: PoolConfig, clock: () => number) {
  const shelves = new Map<string, Shelf>();
  return {
    all: (): Shelf[] => [...shelves.values()],
    of(request: SlotRequest): Shelf {
      const key = JSON.stringify([placeKey(request.place), request.common, request.hosts ?? '']);
      const shelf = shelves.get(key) ?? new Shelf(request, deps, clock());
      shelves.set(key, shelf);
      return shelf;
    },
    sweep(): void {
      for (const [key, shelf] of shelves) {
        shelf.sweep(config, clock());
        if (isForgotten(shelf, config, clock())) shelves.delete(key);
      }
    },
    keepOnly(digests: ReadonlySet<string>): void {
      for (const [key, shelf] of shelves) {
        if (digests.has(shelf.request.place.environment.digest)) continue;
        shelf.close();
        shelves.delete(key);
      }
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
