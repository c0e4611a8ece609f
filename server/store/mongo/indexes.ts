/** The indexes of a database: made from collections.ts while the server runs; none of others is touched. */
import type { mongo } from 'mongoose';
import { type CollectionName, collectionNames, collections } from '../collections.ts';
import { INSERTED } from './filter.ts';
import { BLOB_INDEX } from './grid-blobs.ts';
import { toMongoPath } from './keys.ts';
import type { Persist } from './persist.ts';
import type { Place } from './place.ts';
import { BATCH } from './schema.ts';

export type IndexDefinition = { name: string; key: Record<string, 1>; unique?: true; sparse?: true };

export const indexName = (paths: readonly string[]): string => `gradeport_${paths.join('_')}`;

/** One that is not unique ends with the order of insertion, which breaks ties of every sort. */
export function indexesOf(name: CollectionName): IndexDefinition[] {
  const { indexes } = collections[name];
  const declared = indexes.map((index): IndexDefinition => {
    const key = Object.fromEntries(index.paths.map((path) => [toMongoPath(path), 1 as const]));
    if ('unique' in index) return { name: indexName(index.paths), key, unique: true };
    return { name: indexName(index.paths), key: { ...key, [INSERTED]: 1 } };
  });
  const leads = 'leads' in collections[name];
  return leads
    ? [...declared, { name: indexName([BATCH]), key: { [`${BATCH}.at`]: 1 }, sparse: true }]
    : declared;
}

/** MongoDB builds them beside readers and writers; one that is there already costs nothing. */
export async function createIndexes({ native, persist }: Pick<Place, 'native' | 'persist'>): Promise<void> {
  for (const name of collectionNames) {
    const wanted = indexesOf(name);
    const collection = native(name);
    // createIndexes also makes the collection, which must be there before two write to it at once.
    const specs = [...wanted, ...(wanted.length === 0 ? [{ name: '_id_', key: { _id: 1 as const } }] : [])];
    await persist(() => collection.createIndexes(specs));
  }
}

/** Those of the uploads, too. */
export async function createAllIndexes({ db, persist }: { db: mongo.Db; persist: Persist }): Promise<void> {
  await createIndexes({ native: (name) => db.collection(name), persist });
  await persist(() => db.collection('blobs.files').createIndexes([BLOB_INDEX]));
}
