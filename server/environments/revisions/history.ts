/** The history of all environments, as the store has it, kept in memory: grading asks it without a way to the disk. */

import type { StoredRevision } from '../../model/collections.ts';
import type { Step, Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type HistoryState, revisionId } from './which-revision-grades.ts';

export type HistoryStore = Pick<Store, 'revisions' | 'currents' | 'pins' | 'batch'>;

export async function readHistory(store: HistoryStore): Promise<HistoryState> {
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

/** Who made which revision current, and why. */
export type Promotion = {
  name: string;
  digest: string;
  by: string | null;
  why: string;
  /** The current one when it was decided; undefined: there was none. */
  seen: { serial: number } | undefined;
};

export type History = Awaited<ReturnType<typeof openHistory>>;

export async function openHistory(store: HistoryStore, clock: () => number) {
  let state = await readHistory(store);
  const now = () => new Date(clock()).toISOString();

  async function reload(): Promise<HistoryState> {
    state = await readHistory(store);
    return state;
  }

  /** Somebody else noted the same image at the same time: it is there, and that is what we wanted. */
  async function add(revisions: readonly StoredRevision[]): Promise<void> {
    const ignoreTaken = (error: unknown) => {
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
    };
    await Promise.all(revisions.map((one) => store.revisions.insert(one).catch(ignoreTaken)));
  }

  async function change(
    revision: Pick<StoredRevision, 'name' | 'digest'>,
    $set: Partial<StoredRevision>,
  ): Promise<void> {
    await store.revisions.update({ id: revisionId(revision) }, { $set });
  }

  /** The current revision and the reason change together, compared with the revision that the decision was made on. */
  async function setOne({ name, digest, by, why, seen }: Promotion): Promise<boolean> {
    const about = { promotedAt: now(), promotedBy: by, why, setAside: false };
    const claim: Step = seen
      ? {
          collection: 'currents',
          id: name,
          where: { serial: seen.serial },
          change: { $set: { digest }, $inc: { serial: 1 } },
        }
      : { collection: 'currents', insert: { id: name, digest, serial: 1 } };
    const note: Step = {
      collection: 'revisions',
      id: revisionId({ name, digest }),
      change: { $set: about },
    };
    return store.batch([claim, note]).catch((error: unknown) => {
      if (error instanceof GradeportError && error.code === 'conflict') return false;
      throw error;
    });
  }

  /**
   * Asked for together, they share a transaction: an engine may bring a thousand images at once.
   * @returns for each, false when somebody else was quicker; then nothing of it is changed
   */
  async function setCurrent(promotions: readonly Promotion[]): Promise<boolean[]> {
    const done = await Promise.all(promotions.map(setOne));
    if (done.length > 0) await reload();
    return done;
  }

  return { state: () => state, reload, add, change, setCurrent, now };
}
