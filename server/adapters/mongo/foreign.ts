/**
 * Notices what other processes write. A process that writes counts it in a document of its own, soon and not for every
 * write; a listener compares the counts of the others. Change streams would need a replica set.
 */

import type { Persist } from './connection/persist.ts';
import { about, type Meta } from './meta.ts';

const PREFIX = 'process:';
/** Together they stay below the second that the port promises. */
const NOTE_AFTER_MS = 150;
const LOOK_MS = 400;

export function createForeign(meta: Meta, persist: Persist, processId: string) {
  const listeners = new Set<() => void>();
  const id = `${PREFIX}${processId}`;
  let noting: NodeJS.Timeout | null = null;
  let noted: Promise<unknown> = Promise.resolve();
  let looking: NodeJS.Timeout | null = null;
  let seen: string | null = null;

  async function note(): Promise<void> {
    noting = null;
    const count = { $inc: { writes: 1 }, $set: { ...about(), at: new Date() } };
    await persist(() => meta.updateOne({ _id: id }, count, { upsert: true }));
  }

  async function look(): Promise<void> {
    const others = { _id: { $gt: PREFIX, $lt: `${PREFIX}~`, $ne: id } };
    const found = await meta.find(others, { projection: { writes: 1 }, sort: { _id: 1 } }).toArray();
    const now = JSON.stringify(found);
    const isNews = seen !== null && now !== seen;
    seen = now;
    if (isNews) for (const listener of listeners) listener();
  }

  function stop(): void {
    if (looking) clearTimeout(looking);
    looking = null;
    seen = null;
  }

  /** After a look that failed, anything may have changed. */
  const miss = (): void => {
    seen ??= '';
  };

  /** One look after the other, however long one takes; while the database is away there is nothing to see. */
  function watch(): void {
    const again = (): void => {
      if (listeners.size > 0)
        looking = setTimeout(() => void look().catch(miss).then(again), LOOK_MS).unref();
    };
    looking = setTimeout(() => {}, 0).unref();
    void look().catch(miss).then(again);
  }

  return {
    wrote(): void {
      noting ??= setTimeout(() => {
        noted = note().catch(() => {});
      }, NOTE_AFTER_MS).unref();
    },
    listen(listener: () => void): () => void {
      listeners.add(listener);
      if (looking === null) watch();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    /** Notes what was written last, so that a command that ends at once is noticed, too. */
    async close(): Promise<void> {
      listeners.clear();
      stop();
      await noted;
      if (noting === null) return;
      clearTimeout(noting);
      await note().catch(() => {});
    },
    /** Removes the documents of processes that ended long ago. */
    async tidy(olderThan: Date): Promise<void> {
      await meta.deleteMany({ _id: { $gt: PREFIX, $lt: `${PREFIX}~` }, at: { $lt: olderThan } });
    },
  };
}
