/** How many slots wait, of which kind, and which go first: rules on numbers. slot-pool.ts acts on them. */

export type PoolConfig = {
  /** How many slots may wait, over all kinds. */
  maxIdle: number;
  /** Memory that the waiting slots' programs could claim together, in bytes. */
  maxMemoryBytes: number;
  /** A kind that no run asked for in this time keeps no slots, in milliseconds. */
  idleMs: number;
};

/** What the rules know of one kind of slot. */
export type Stock = {
  /** Slots that wait, and that are being made. */
  ready: number;
  opening: number;
  /** How many runs asked for this kind since the last sweep; halves with every sweep. */
  demand: number;
  /** When a run last asked for it, in milliseconds of the pool's clock. */
  lastUsed: number;
  /** What the programs of one slot may claim. */
  memoryBytes: number;
};

/** On two processors, more at once only makes each of them later; measured: docs/performance.md. */
export const REFILLS_AT_ONCE = 2;
/** Most student containers made ahead for one slot. */
const MAX_STUDENTS_AHEAD = 3;
/** Tasks of one environment share their slots: the last run alone says little about the next. */
const REMEMBERED_RUNS = 20;

/** One slot for the next run, more while runs follow each other closely. */
export const targetOf = ({ demand }: Pick<Stock, 'demand'>, { maxIdle }: PoolConfig): number =>
  Math.min(1 + Math.ceil(demand / 2), maxIdle);

/** How many of the waiting slots stay at a sweep. */
export const keptOf = (stock: Stock, config: PoolConfig, now: number): number =>
  isIdle(stock, config, now) ? 0 : targetOf(stock, config);

/** At a sweep, a kind leaves the pool once no run asks for it and none of its slots is left. */
export const isForgotten = (
  stock: Pick<Stock, 'lastUsed' | 'ready' | 'opening'>,
  config: PoolConfig,
  now: number,
): boolean => isIdle(stock, config, now) && stock.ready + stock.opening === 0;

const isIdle = ({ lastUsed }: Pick<Stock, 'lastUsed'>, { idleMs }: PoolConfig, now: number): boolean =>
  now - lastUsed > idleMs;

/** Containers made ahead for the next slot: the most that one of the last runs used. */
export const studentsAhead = (used: readonly number[]): number =>
  Math.min(Math.max(0, ...used), MAX_STUDENTS_AHEAD);

export const remembered = (used: readonly number[], last: number): number[] =>
  [last, ...used].slice(0, REMEMBERED_RUNS);

export type Step<Kind> = { open: Kind /** Whose waiting slot goes, to make room. */; retire: Kind | null };

/** The slots to make now. The kind that lacks most comes first. */
export function planRefill<Kind extends Stock>(kinds: readonly Kind[], config: PoolConfig): Step<Kind>[] {
  const counts = new Map(kinds.map((kind) => [kind, { ready: kind.ready, opening: kind.opening }]));
  const sum = (count: (of: { ready: number; opening: number }) => number) =>
    [...counts.values()].reduce((total, of) => total + count(of), 0);
  const steps: Step<Kind>[] = [];
  for (const kind of kinds.toSorted((a, b) => lackOf(b, config) - lackOf(a, config))) {
    const own = counts.get(kind);
    if (!own || lackOf(kind, config) <= 0 || sum(({ opening }) => opening) >= REFILLS_AT_ONCE) break;
    const inStock = sum(({ ready, opening }) => ready + opening);
    const fits = (slots: number) =>
      slots <= config.maxIdle && slots * kind.memoryBytes <= config.maxMemoryBytes;
    const oldest = fits(inStock + 1) ? null : oldestOf(kinds, (other) => counts.get(other)?.ready ?? 0);
    if (!fits(inStock + 1) && (!oldest || oldest.lastUsed >= kind.lastUsed || !fits(inStock))) continue;
    const gives = oldest && counts.get(oldest);
    if (gives) gives.ready -= 1;
    own.opening += 1;
    steps.push({ open: kind, retire: oldest });
  }
  return steps;
}

const lackOf = (stock: Stock, config: PoolConfig): number =>
  targetOf(stock, config) - stock.ready - stock.opening;

/** The kind with a waiting slot that has been unused for longest. */
const oldestOf = <Kind extends Stock>(kinds: readonly Kind[], readyOf: (kind: Kind) => number): Kind | null =>
  kinds.filter((kind) => readyOf(kind) > 0).toSorted((a, b) => a.lastUsed - b.lastUsed)[0] ?? null;
