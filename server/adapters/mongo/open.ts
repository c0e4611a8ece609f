/** The MongoDB store: a database that a university runs, watches and backs up. */
import { type CollectionName, collectionNames } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { isBehind, isOlder } from '../migrations/migrate.ts';
import { CURRENT_SCHEMA, type Schema } from '../migrations/migrations.ts';
import { createMongoCollection } from './collection.ts';
import { connect } from './connection/connection.ts';
import { createPersist, type Persist } from './connection/persist.ts';
import { probe } from './connection/probe.ts';
import { lockDatabase, takenOver } from './connection/server-lock.ts';
import { readMongoUrl } from './connection/url.ts';
import { createForeign } from './foreign.ts';
import { createGetWith } from './get-with.ts';
import { createGridBlobs, tidyUploads } from './grid-blobs.ts';
import { createModels } from './language/schema.ts';
import { metaOf } from './meta.ts';
import { newToken, type Place } from './place.ts';
import { createUnfinished, type Unfinished } from './unfinished.ts';
import { createIndexes } from './upkeep/indexes.ts';
import { refuseHalfDone } from './upkeep/mark.ts';
import { migrateMongo } from './upkeep/migrate.ts';
import { readStanding } from './upkeep/schema-version.ts';

export type MongoOptions = {
  clock?: () => number;
  /** false: for a command beside a running server, which looks after the database. */
  lock?: boolean;
  /** true: also opens a database whose import has not ended. */
  allowHalfDone?: boolean;
  /** How long a call waits for a database that is away before it fails with "store-away". */
  patienceMs?: number;
  /** How long the server may take for one answer before it counts as away. */
  silenceMs?: number;
  /** The folder for the backup that is made before a migration. */
  backups?: string;
  /** For tests: the schema that documents are migrated to. */
  schema?: Schema;
};

const PATIENCE_MS = 3000;
/** Two sweeps fit into the 5 s within which an unfinished batch is finished. */
const SWEEP_MS = 2000;
const DAY_MS = 24 * 3_600_000;

export async function openMongoStore(url: string, options: MongoOptions = {}): Promise<Store> {
  const address = readMongoUrl(url);
  const { shown } = address;
  const clock = options.clock ?? Date.now;
  await using undo = new AsyncDisposableStack();
  const connection = await connect(address, options.silenceMs);
  undo.defer(() => connection.close());
  const closing = new AbortController();
  let isLost = () => false;
  /** Nothing is written any more once another server has taken the database over. */
  const asking = (patienceMs: number, until: AbortSignal): Persist => {
    const ask = createPersist(shown, patienceMs, until);
    return (attempt) => ask((isAgain) => (isLost() ? Promise.reject(takenOver(shown)) : attempt(isAgain)));
  };
  const persist = asking(options.patienceMs ?? PATIENCE_MS, closing.signal);
  const { db } = connection;
  if (!db) throw new TypeError('The connection is not open.');
  const meta = metaOf({ connection });
  const processId = newToken();
  const tracked = new Set<Promise<unknown>>();
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
  const withIndexes = () => createIndexes({ persist, shown, collection: (name) => db.collection(name) });
  // A command may be the first to write, such as the one that adds an operator: names must be unique from then on.
  const schema = options.schema ?? CURRENT_SCHEMA;
  const standing = await readStanding(meta, place, schema, withIndexes);
  if (options.lock === false && isBehind(standing, schema))
    throw isOlder(`the database ${shown}`, standing, schema);
  if (options.allowHalfDone !== true) await refuseHalfDone(meta, persist, shown);
  const isBeside = options.lock === false;
  const unfinished = createUnfinished(place, isBeside);
  if (options.lock !== false) {
    await probe(meta, place);
    const lock = await lockDatabase({ meta, persist, processId, shown, clock });
    undo.defer(() => lock.release());
    isLost = lock.isLost;
    // Batches are finished first: their steps hold documents of the schema that they began with.
    await unfinished.sweep();
    await migrateMongo({ place, meta, schema, backups: options.backups ?? null, clock });
    await withIndexes();
    const aDayAgo = new Date(clock() - DAY_MS);
    await foreign.tidy(aDayAgo);
    // It reads an index of all uploads, so the start does not wait for it.
    void place.track(tidyUploads(place, aDayAgo)).catch(() => {});
    const sweeping = setInterval(
      () => void place.track(unfinished.sweep()).catch(() => {}),
      SWEEP_MS,
    ).unref();
    undo.defer(() => clearInterval(sweeping));
  }
  const stops = undo.move();
  const settled = async (): Promise<void> => void (await Promise.allSettled(tracked));
  const close = async (): Promise<void> => {
    if (stops.disposed) return;
    closing.abort();
    await settled();
    await foreign.close();
    await stops.disposeAsync();
  };
  const storeOver = (view: Place, steps: Unfinished): Store => ({
    ...collectionsOf(view, steps),
    blobs: createGridBlobs(view),
    batch: steps.batch,
    getWith: createGetWith(view, steps),
    patient(until) {
      const signal = AbortSignal.any([closing.signal, until]);
      const waiting = { ...place, persist: asking(Number.POSITIVE_INFINITY, signal) };
      return storeOver(waiting, createUnfinished(waiting, isBeside));
    },
    // Every write waits for the journals of a majority before it resolves.
    settled,
    onForeignChange: foreign.listen,
    close,
  });
  return storeOver(place, unfinished);
}

function collectionsOf(place: Place, unfinished: Unfinished): Pick<Store, CollectionName> {
  const all = collectionNames.map((name) => [name, createMongoCollection(place, name, unfinished)]);
  // collectionNames lists every name, so each has its collection.
  return Object.fromEntries(all) as unknown as Pick<Store, CollectionName>;
}
