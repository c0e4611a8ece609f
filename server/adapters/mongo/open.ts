/** The MongoDB store: a database that a university runs, watches and backs up. */
import { type CollectionName, collectionNames } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { isBehind, isOlder } from '../migrations/migrate.ts';
import { CURRENT_SCHEMA, type Schema } from '../migrations/migrations.ts';
import { createMongoCollection } from './collection.ts';
import { connect } from './connection/connection.ts';
import { readMongoUrl } from './connection/url.ts';
import { createGetWith } from './get-with.ts';
import { createGridBlobs } from './grid-blobs.ts';
import { type OpenPlace, openPlace } from './open-place.ts';
import { createOwnBatches } from './own-batches.ts';
import type { Place } from './place.ts';
import { createUnfinished, type Unfinished } from './unfinished.ts';
import { createIndexes } from './upkeep/indexes.ts';
import { lookAfter } from './upkeep/look-after.ts';
import { refuseHalfDone } from './upkeep/mark.ts';
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

export async function openMongoStore(url: string, options: MongoOptions = {}): Promise<Store> {
  const address = readMongoUrl(url);
  await using undo = new AsyncDisposableStack();
  const connection = await connect(address, options.silenceMs);
  undo.defer(() => connection.close());
  const opened = openPlace(connection, address.shown, options.patienceMs ?? PATIENCE_MS);
  const { place, settled } = opened;
  await checkDatabase(opened, options);
  const isBeside = options.lock === false;
  const own = createOwnBatches();
  const unfinished = createUnfinished(place, { own, isBeside });
  if (!isBeside) {
    const { schema = CURRENT_SCHEMA, backups = null, clock = Date.now } = options;
    undo.use(await lookAfter(opened, unfinished, { schema, backups, clock }));
  }
  const stops = undo.move();
  const close = async (): Promise<void> => {
    if (stops.disposed) return;
    await opened.end();
    await stops.disposeAsync();
  };
  const storeOver = (view: Place, steps: Unfinished): Store => ({
    ...collectionsOf(view, steps),
    blobs: createGridBlobs(view),
    batch: steps.batch,
    getWith: createGetWith(view, steps),
    patient(until) {
      const waiting = opened.patient(until);
      return storeOver(waiting, createUnfinished(waiting, { own, isBeside }));
    },
    // Every write waits for the journals of a majority before it resolves.
    settled,
    onForeignChange: opened.foreign.listen,
    close,
  });
  return storeOver(place, unfinished);
}

/** Refuses a database that is not ours, that a command finds too old, or whose import has not ended. */
async function checkDatabase(
  { place, meta, collection }: OpenPlace,
  { schema = CURRENT_SCHEMA, lock, allowHalfDone }: MongoOptions,
): Promise<void> {
  const { persist, shown } = place;
  // A command may be the first to write, such as the one that adds an operator: names must be unique from then on.
  const withIndexes = () => createIndexes({ persist, shown, collection });
  const standing = await readStanding(meta, place, schema, withIndexes);
  if (lock === false && isBehind(standing, schema)) throw isOlder(`the database ${shown}`, standing, schema);
  if (allowHalfDone !== true) await refuseHalfDone(meta, persist, shown);
}

function collectionsOf(place: Place, unfinished: Unfinished): Pick<Store, CollectionName> {
  const all = collectionNames.map((name) => [name, createMongoCollection(place, name, unfinished)]);
  // collectionNames lists every name, so each has its collection.
  return Object.fromEntries(all) as unknown as Pick<Store, CollectionName>;
}
