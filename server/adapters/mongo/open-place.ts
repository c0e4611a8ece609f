/** What the parts of an open store share, over one connection, and how it ends. */
import type { Connection } from 'mongoose';
import { createPersist, type Persist } from './connection/persist.ts';
import { takenOver } from './connection/server-lock.ts';
import { createForeign } from './foreign.ts';
import { createModels } from './language/schema.ts';
import { metaOf } from './meta.ts';
import { newToken, type Place } from './place.ts';

export type OpenPlace = ReturnType<typeof openPlace>;

/** @param patienceMs how long a call waits for a database that is away */
export function openPlace(connection: Connection, shown: string, patienceMs: number) {
  const { db } = connection;
  if (!db) throw new TypeError('The connection is not open.');
  const closing = new AbortController();
  const tracked = new Set<Promise<unknown>>();
  let isLost = () => false;
  /** Nothing is written any more once another server has taken the database over. */
  const asking = (ms: number, until: AbortSignal): Persist => {
    const ask = createPersist(shown, ms, until);
    return (attempt) => ask((isAgain) => (isLost() ? Promise.reject(takenOver(shown)) : attempt(isAgain)));
  };
  const persist = asking(patienceMs, closing.signal);
  const meta = metaOf({ connection });
  const processId = newToken();
  const foreign = createForeign(meta, persist, processId);
  const place: Place = {
    connection,
    models: createModels(connection),
    native: (name) => db.collection(name),
    shown,
    persist,
    wrote: foreign.wrote,
    track(work) {
      tracked.add(work);
      void work.catch(() => {}).finally(() => tracked.delete(work));
      return work;
    },
  };
  const settled = async (): Promise<void> => void (await Promise.allSettled(tracked));
  return {
    place,
    meta,
    foreign,
    processId,
    /** For the indexes, which are also those of uploads. */
    collection: (name: string) => db.collection(name),
    /** From then on writes fail once `check` says so. */
    lostWhen(check: () => boolean): void {
      isLost = check;
    },
    /** The same place, for callers that wait without a limit, until the signal. */
    patient(until: AbortSignal): Place {
      const signal = AbortSignal.any([closing.signal, until]);
      return { ...place, persist: asking(Number.POSITIVE_INFINITY, signal) };
    },
    settled,
    /** Ends waits for the database, then waits for what is under way. */
    async end(): Promise<void> {
      closing.abort();
      await settled();
      await foreign.close();
    },
  };
}
