/**
 * Slots made ahead. A key stands for everything that a slot's containers are made from; for the keys that
 * were used lately some slots wait, as many as fit. Refilling is background work and never holds up a run.
 */
import type { Logger } from 'pino';
import type { SlotWatch } from '../../ports/slots.ts';
import { openSlot, placeKey, type Slot, type SlotDeps, type SlotRequest, type SlotSource } from './slot.ts';

export type PoolConfig = {
  /** Slots that wait, over all keys. */
  maxIdle: number;
  /** Memory that the waiting slots' programs could claim together, in bytes. */
  maxMemoryBytes: number;
  /** A key that was not asked for in this time keeps no slots. */
  idleMs: number;
};

export type SlotPool = SlotSource &
  SlotWatch & {
    /** Throws away waiting slots of revisions that are not in this list of digests. */
    keepOnly(digests: ReadonlySet<string>): void;
    /** Ends everything that waits and all clean-up in progress. */
    close(): Promise<void>;
  };

type Shelf = {
  request: SlotRequest;
  ready: Slot[];
  opening: Promise<Slot | null>[];
  /** How many runs asked for this key since the last refill round; halves with every sweep. */
  demand: number;
  lastUsed: number;
  /** How many student containers each of the last runs used; the most of them are made ahead. */
  students: number[];
  /** Its revision grades no more. */
  isGone: boolean;
};

/** On two processors, more at once only makes each later; measured: docs/performance.md. */
const REFILLS_AT_ONCE = 2;
const SWEEP_MS = 5_000;
/** As long as a container takes to start: who comes sooner waits no longer than twice that. */
const REFILL_AFTER_MS = 100;
/** Most student containers made ahead for one slot. */
const MAX_STUDENTS_AHEAD = 3;
/** Tasks of one environment share their slots: the last run alone says little about the next. */
const REMEMBERED_RUNS = 20;
const studentsAhead = ({ students }: { students: readonly number[] }): number =>
  Math.min(Math.max(0, ...students), MAX_STUDENTS_AHEAD);

export function createSlotPool(
  deps: SlotDeps,
  config: PoolConfig,
  log: Logger,
  clock: () => number,
): SlotPool {
  const shelves = new Map<string, Shelf>();
  const background = new Set<Promise<unknown>>();
  const stats = { hits: 0, misses: 0, lastRefillMs: null as number | null, refills: 0, refillMs: 0 };
  let closed = false;

  const track = (work: Promise<unknown>): void => {
    const settled = work.catch((err: unknown) => log.warn({ err }, 'background work on slots failed'));
    background.add(settled);
    void settled.then(() => background.delete(settled));
  };
  const all = (count: (shelf: Shelf) => number) =>
    [...shelves.values()].reduce((sum, shelf) => sum + count(shelf), 0);
  const inStock = () => all(({ ready, opening }) => ready.length + opening.length);
  const refills = () => all(({ opening }) => opening.length);

  /** One slot for the next run, more while runs follow each other closely. */
  const target = (shelf: Shelf): number => Math.min(1 + Math.ceil(shelf.demand / 2), config.maxIdle);
  const hasRoom = ({ request }: Shelf): boolean =>
    inStock() < config.maxIdle && (inStock() + 1) * request.place.limits.memoryBytes <= config.maxMemoryBytes;

  function shelfOf(request: SlotRequest): Shelf {
    const key = JSON.stringify([placeKey(request.place), request.common]);
    const known = shelves.get(key);
    if (known) return known;
    const shelf: Shelf = {
      request,
      ready: [],
      opening: [],
      demand: 0,
      lastUsed: clock(),
      students: [],
      isGone: false,
    };
    shelves.set(key, shelf);
    return shelf;
  }

  function refill(): void {
    // The key that waits for most comes first.
    const wanting = [...shelves.values()]
      .map((shelf) => ({ shelf, lack: target(shelf) - shelf.ready.length - shelf.opening.length }))
      .sort((a, b) => b.lack - a.lack);
    for (const { shelf, lack } of wanting) {
      if (closed || lack <= 0 || refills() >= REFILLS_AT_ONCE) return;
      if (!hasRoom(shelf) && !makeRoom(shelf)) continue;
      openOne(shelf);
    }
  }

  /** Takes a waiting slot from the key that was not used for longest, if that is longer ago than this one. */
  function makeRoom(shelf: Shelf): boolean {
    const oldest = [...shelves.values()]
      .filter(({ ready }) => ready.length > 0)
      .sort((a, b) => a.lastUsed - b.lastUsed)[0];
    if (!oldest || oldest === shelf || oldest.lastUsed >= shelf.lastUsed) return false;
    retire(oldest.ready.splice(0, 1));
    return hasRoom(shelf);
  }

  async function prepared(shelf: Shelf): Promise<Slot> {
    await deps.compiled?.prepare(shelf.request.place);
    return openSlot(deps, shelf.request, studentsAhead(shelf));
  }

  function openOne(shelf: Shelf): void {
    const begun = performance.now();
    const opening = prepared(shelf).then(
      (slot) => {
        stats.lastRefillMs = performance.now() - begun;
        stats.refills += 1;
        stats.refillMs += stats.lastRefillMs;
        return slot;
      },
      (err: unknown) => {
        log.warn({ err }, 'a slot could not be made ahead');
        return null;
      },
    );
    shelf.opening.push(opening);
    track(
      opening.then((slot) => {
        const at = shelf.opening.indexOf(opening);
        // Gone from the list: a run waits for this very slot.
        if (at === -1) return;
        shelf.opening.splice(at, 1);
        if (!slot) return;
        // Of a revision that went meanwhile: nobody would ever take it, or take it away.
        if (closed || shelf.isGone) return slot[Symbol.asyncDispose]();
        shelf.ready.push(slot);
        watch(shelf, slot);
        retire(withTooFew(shelf));
        refill();
      }),
    );
  }

  /** A waiting slot whose container ends (engine restarted, removed by somebody) is of no use. */
  function watch(shelf: Shelf, slot: Slot): void {
    void slot.agent.ended.then(() => {
      const at = shelf.ready.indexOf(slot);
      if (at === -1) return;
      retire(shelf.ready.splice(at, 1));
    });
  }

  const retire = (slots: Slot[]): void => {
    for (const slot of slots) track(slot[Symbol.asyncDispose]());
  };

  /** Waiting slots made when nobody knew that runs here use so many student containers. */
  function withTooFew(shelf: Shelf): Slot[] {
    const wanted = studentsAhead(shelf);
    const few = shelf.ready.filter((slot) => slot.studentsAhead < wanted);
    shelf.ready = shelf.ready.filter((slot) => slot.studentsAhead >= wanted);
    return few;
  }

  async function pick(shelf: Shelf): Promise<Slot> {
    const waiting = shelf.ready.shift();
    if (waiting) {
      stats.hits += 1;
      return waiting;
    }
    stats.misses += 1;
    const coming = await shelf.opening.shift();
    return coming ?? openSlot(deps, shelf.request, studentsAhead(shelf));
  }

  const sweep = setInterval(() => {
    for (const [key, shelf] of shelves) {
      shelf.demand = Math.floor(shelf.demand / 2);
      const isIdle = clock() - shelf.lastUsed > config.idleMs;
      retire(shelf.ready.splice(isIdle ? 0 : target(shelf)));
      if (isIdle && shelf.ready.length + shelf.opening.length === 0) shelves.delete(key);
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
      // Making the next slot while this run works would slow it down, and most runs are over soon; then it is made
      // at once. A longer one shares the processors: others may come, and would wait for theirs.
      if (shelf.ready.length === 0) setTimeout(refill, REFILL_AFTER_MS).unref();
      return {
        ...slot,
        // The verdict does not wait for clean-up.
        async [Symbol.asyncDispose]() {
          shelf.students = [slot.studentsTaken(), ...shelf.students].slice(0, REMEMBERED_RUNS);
          retire([slot, ...withTooFew(shelf)]);
          refill();
        },
      };
    },
    stats: () => ({
      ...stats,
      idle: all(({ ready }) => ready.length),
      opening: refills(),
      keys: [...shelves.values()].map((shelf) => ({
        environment: shelf.request.place.environment.name,
        runtime: shelf.request.place.runtime,
        idle: shelf.ready.length,
        target: target(shelf),
      })),
    }),
    keepOnly(digests) {
      for (const [key, shelf] of shelves) {
        if (digests.has(shelf.request.place.environment.digest)) continue;
        shelf.isGone = true;
        retire(shelf.ready.splice(0));
        shelves.delete(key);
      }
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      for (const shelf of shelves.values()) retire(shelf.ready.splice(0));
      while (background.size > 0) await Promise.all(background);
    },
  };
}
