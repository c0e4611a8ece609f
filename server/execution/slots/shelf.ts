/** The slots of one kind that wait for a run or are being made, and what earlier runs say about the next one. */
import { keptOf, type PoolConfig, remembered, type Stock, studentsAhead } from './policy/shelf-policy.ts';
import type { Slot, SlotRequest } from './slot.ts';

export type ShelfDeps = {
  /**
   * Makes a slot with so many student containers; null: it could not be made, which is logged. Fails with "conflict"
   * when another try would fail as well.
   */
  open(request: SlotRequest, students: number): Promise<Slot | null>;
  /** Ends slots in the background. */
  retire(slots: Slot[]): void;
  /** Called when a slot has begun to wait. */
  onReady(): void;
};

export class Shelf implements Stock {
  demand = 0;
  lastUsed: number;
  readonly request: SlotRequest;
  readonly #deps: ShelfDeps;
  #ready: Slot[] = [];
  readonly #opening: Promise<Slot | null>[] = [];
  /** How many student containers each of the last runs used. */
  #used: number[] = [];
  #isClosed = false;

  constructor(request: SlotRequest, deps: ShelfDeps, now: number) {
    this.request = request;
    this.#deps = deps;
    this.lastUsed = now;
  }

  get ready(): number {
    return this.#ready.length;
  }
  get opening(): number {
    return this.#opening.length;
  }
  get memoryBytes(): number {
    return this.request.place.limits.memoryBytes;
  }
  get studentsAhead(): number {
    return studentsAhead(this.#used);
  }

  /** A waiting slot, or else the one that is ready soonest; null: none is being made either. */
  take(): Slot | Promise<Slot | null> | null {
    return this.#ready.shift() ?? this.#opening.shift() ?? null;
  }

  /** Makes one ahead. Settles when it waits here, or was handed to a run before it was ready. */
  async openAhead(): Promise<void> {
    const opening = this.#deps.open(this.request, this.studentsAhead);
    this.#opening.push(opening);
    // A failure is for the run that waits for it, if any.
    const slot = await opening.catch(() => null);
    const at = this.#opening.indexOf(opening);
    // It is gone from the list: a run waits for this very slot.
    if (at === -1) return;
    this.#opening.splice(at, 1);
    if (!slot) return;
    // Its revision no longer grades: no run would ever take it.
    if (this.#isClosed) return slot[Symbol.asyncDispose]();
    this.#ready.push(slot);
    this.#watch(slot);
    this.#retireWithTooFew();
    this.#deps.onReady();
  }

  /** Notes how many student containers a run has used. */
  learn(students: number): void {
    this.#used = remembered(this.#used, students);
    this.#retireWithTooFew();
  }

  retireOldest(): void {
    this.#deps.retire(this.#ready.splice(0, 1));
  }

  sweep(config: PoolConfig, now: number): void {
    this.demand = Math.floor(this.demand / 2);
    this.#deps.retire(this.#ready.splice(keptOf(this, config, now)));
  }

  /** Its revision no longer grades, or the server stops: nothing waits here any more. */
  close(): void {
    this.#isClosed = true;
    this.#deps.retire(this.#ready.splice(0));
  }

  /** A waiting slot whose container ends (engine restarted, container removed from outside) is of no use. */
  #watch(slot: Slot): void {
    void slot.agent.ended.then(() => {
      const at = this.#ready.indexOf(slot);
      if (at !== -1) this.#deps.retire(this.#ready.splice(at, 1));
    });
  }

  /** Ends waiting slots that were made before we knew that runs here use this many student containers. */
  #retireWithTooFew(): void {
    const wanted = this.studentsAhead;
    this.#deps.retire(this.#ready.filter((slot) => slot.studentsAhead < wanted));
    this.#ready = this.#ready.filter((slot) => slot.studentsAhead >= wanted);
  }
}
