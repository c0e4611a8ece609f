/** Where documents are gathered in a MongoDB database, and how they take the place of what it holds. */
import type { mongo } from 'mongoose';
import { type CollectionName, collectionNames } from '../../../model/collections.ts';
import { connect } from '../../mongo/connection/connection.ts';
import { createPersist, type Persist } from '../../mongo/connection/persist.ts';
import { readMongoUrl } from '../../mongo/connection/url.ts';
import type { Raw } from '../../mongo/language/schema.ts';
import { metaOf } from '../../mongo/meta.ts';
import { clearMongoMark, INCOMING } from '../../mongo/upkeep/mark.ts';

/** A restart of the database in the middle of an hour's work should not end it. */
export const PATIENCE_MS = 30_000;

export type Staging = {
  db: mongo.Db;
  persist: Persist;
  incoming(name: CollectionName): mongo.Collection<Raw>;
  close(): Promise<void>;
};

export async function openStaging(url: string): Promise<Staging> {
  const address = readMongoUrl(url);
  const connection = await connect(address);
  const { db } = connection;
  if (!db) throw new TypeError('The connection is not open.');
  return {
    db,
    persist: createPersist(address.shown, PATIENCE_MS, new AbortController().signal),
    incoming: (name) => db.collection<Raw>(`${INCOMING}${name}`),
    close: () => connection.close(),
  };
}

/** Each rename replaces a collection in one step, and each may be asked for twice. */
export async function finishSwap({ db, persist, incoming }: Staging): Promise<void> {
  for (const name of collectionNames) {
    await persist(async () => {
      if (!(await isThere(db, `${INCOMING}${name}`))) return;
      await incoming(name).rename(name, { dropTarget: true });
    });
  }
  await clearMongoMark(metaOf({ connection: { db } }), persist);
}

/** All collections are listed, because not every server heeds a filter here. */
export async function isThere(db: mongo.Db, name: string): Promise<boolean> {
  const listed = await db.listCollections({}, { nameOnly: true }).toArray();
  return listed.some((one) => one.name === name);
}
