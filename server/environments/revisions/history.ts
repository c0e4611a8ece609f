/** The history of all environments in the store, cached in memory: grading reads it without touching the disk. */

import { FIRST_ENGINE, type Presence, type StoredRevision } from '../../model/revision.ts';
import type { Change, Step, Steps, Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { engineKey, type HistoryState, onEngine, type StoredHistory } from './images/on-engine.ts';
import { revisionId } from './which-revision-grades.ts';

export type HistoryStore = Pick<Store, 'revisions' | 'currents' | 'pins' | 'batch'>;

export async function readHistory(store: HistoryStore): Promise<StoredHistory> {
  const [revisions, currents, pins] = await Promise.all([
    store.revisions.find({}, { sort: { at: 1 } }),
    store.currents.find({}),
    store.pins.find({}),
  ]);
  return {
    revisions,
    currents: new Map(currents.map((one) => [one.id, one])),
    pins: new Map(pins.map((one) => [one.id, one])),
  };
}

/** A change of the current revision: which one, by whom, and why. */
export type Promotion = {
  name: string;
  digest: string;
  by: string | null;
  why: string;
  /** The current revision when the decision was made; undefined: there was none. */
  seen: { serial: number } | undefined;
};

type Named = Pick<StoredRevision, 'name' | 'digest'>;
type OnEngine = { presence: Presence; image: string };
/** A new image. */
export type Arrival = Pick<StoredRevision, 'name' | 'digest' | 'image' | 'by' | 'from'>;

export type History = Awaited<ReturnType<typeof openHistory>>;

export async function openHistory(store: HistoryStore, clock: () => number) {
  let engine: string | null = null;
  let stored = await readHistory(store);
  let state = onEngine(engine, stored);
  const now = () => new Date(clock()).toISOString();

  async function reload(): Promise<HistoryState> {
    stored = await readHistory(store);
    state = onEngine(engine, stored);
    return state;
  }

  /** From now on state() is the history on this engine. The first engine adopts the entries that version 1 left. */
  async function useEngine(id: string): Promise<void> {
    const key = engineKey(id);
    if (key !== engine) state = onEngine(key, stored);
    engine = key;
    if (claimsOf(key, stored).length === 0) return;
    // Another process may just have adopted them, and changed them since.
    await reload();
    await Promise.all(claimsOf(key, stored).map(({ id, change }) => update(id, change)));
    await reload();
  }

  async function update(id: string, change: Change): Promise<void> {
    await store.revisions.update({ id }, change);
  }

  const change = (revision: Named, $set: Partial<Omit<StoredRevision, 'engines'>>): Promise<void> =>
    update(revisionId(revision), { $set });

  /** Updates a revision's state on this engine; other engines keep theirs. */
  const noteOnEngine = (revision: Named, { presence, image }: OnEngine): Promise<void> =>
    update(revisionId(revision), { $set: { [`engines.${ownKey()}`]: { presence, image } } });

  function ownKey(): string {
    if (engine === null)
      throw new GradeportError('unreachable', 'The container engine has not answered yet.');
    return engine;
  }

  const after = (which: 'at' | 'promotedAt', name: string) => afterAll(stored.revisions, which, name, now());

  /** Stores new images. If another process or engine was quicker, adds only the state on this engine. */
  async function add(arrivals: readonly Arrival[]): Promise<void> {
    await Promise.all(
      arrivals.map((one) =>
        store.revisions.insert(newRevision(one, after('at', one.name), ownKey())).catch((error: unknown) => {
          if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
          return noteOnEngine(one, { presence: 'named', image: one.image });
        }),
      ),
    );
  }

  const setOne = (promotion: Promotion): Promise<boolean> =>
    store.batch(stepsOf(promotion, after('promotedAt', promotion.name))).catch((error: unknown) => {
      if (error instanceof GradeportError && error.code === 'conflict') return false;
      throw error;
    });

  /**
   * The writes share one transaction: an engine may have a thousand new images at once.
   * @returns for each promotion, false when another process was quicker; then it changes nothing
   */
  async function setCurrent(promotions: readonly Promotion[]): Promise<boolean[]> {
    const done = await Promise.all(promotions.map(setOne));
    if (done.length > 0) await reload();
    return done;
  }

  return { state: () => state, useEngine, reload, add, change, noteOnEngine, setCurrent, now };
}

/**
 * Revisions are in the order of their times: one that came after a clock was set back is newer, too.
 * @returns the time now, or just after the newest of the environment where that is later
 */
function afterAll(
  revisions: readonly StoredRevision[],
  which: 'at' | 'promotedAt',
  name: string,
  now: string,
): string {
  const times = revisions.filter((one) => one.name === name).map((one) => one[which] ?? '');
  const newest = times.toSorted().at(-1) ?? '';
  return newest < now ? now : new Date(Date.parse(newest) + 1).toISOString();
}

/** The entries that version 1 left become the state of this engine. */
function claimsOf(engine: string, { revisions }: StoredHistory): { id: string; change: Change }[] {
  return revisions.flatMap(({ id, engines: { [FIRST_ENGINE]: first } }) =>
    first
      ? {
          id,
          change: { $set: { [`engines.${engine}`]: first }, $unset: { [`engines.${FIRST_ENGINE}`]: true } },
        }
      : [],
  );
}

/** Changes the current revision and its reason together, if the revision that the decision replaces is still current. */
function stepsOf({ name, digest, by, why, seen }: Promotion, promotedAt: string): Steps {
  const claim: Step = seen
    ? {
        collection: 'currents',
        id: name,
        where: { serial: seen.serial },
        change: { $set: { digest }, $inc: { serial: 1 } },
      }
    : { collection: 'currents', insert: { id: name, digest, serial: 1 } };
  const about = { promotedAt, promotedBy: by, why, setAside: false };
  return [claim, { collection: 'revisions', id: revisionId({ name, digest }), change: { $set: about } }];
}

function newRevision(arrival: Arrival, at: string, engine: string): StoredRevision {
  const { name, digest, image, by, from } = arrival;
  return {
    id: revisionId(arrival),
    name,
    digest,
    image,
    at,
    by,
    from,
    promotedAt: null,
    promotedBy: null,
    why: '',
    stage: 'staged',
    setAside: false,
    engines: { [engine]: { presence: 'named', image } },
    test: null,
  };
}
