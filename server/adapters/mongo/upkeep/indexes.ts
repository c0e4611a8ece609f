/** The indexes of a database: made from collections.ts while the server runs; an operator's own are not touched. */
import type { mongo } from 'mongoose';
import { type CollectionName, collectionNames, collections } from '../../../model/collections.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { isDuplicate, isUnknownCollection } from '../connection/errors.ts';
import { BLOB_FILES, BLOB_INDEX } from '../grid-blobs.ts';
import { INSERTED } from '../language/filter.ts';
import { toMongoPath } from '../language/keys.ts';
import { BATCH } from '../language/schema.ts';
import type { Place } from '../place.ts';

type IndexDefinition = { name: string; key: Record<string, 1>; unique?: true; sparse?: true };

type IndexPlace = Pick<Place, 'persist' | 'shown'> & { collection(name: string): mongo.Collection };

export const indexName = (paths: readonly string[]): string => `gradeport_${paths.join('_')}`;

/** An index that is not unique ends with the order of insertion, which breaks ties of every sort. */
function indexesOf(name: CollectionName): IndexDefinition[] {
  const { indexes } = collections[name];
  const declared = indexes.map((index): IndexDefinition => {
    const key = Object.fromEntries(index.paths.map((path) => [toMongoPath(path), 1 as const]));
    if ('unique' in index) {
      const sparse = 'sparse' in index && ({ sparse: true } as const);
      return { name: indexName(index.paths), key, unique: true, ...sparse };
    }
    return { name: indexName(index.paths), key: { ...key, [INSERTED]: 1 } };
  });
  const leads = 'leads' in collections[name];
  return leads
    ? [...declared, { name: indexName([BATCH]), key: { [`${BATCH}.at`]: 1 }, sparse: true }]
    : declared;
}

const BLOB_INDEXES = [BLOB_FILES, [BLOB_INDEX] as IndexDefinition[]] as const;

/** MongoDB builds indexes beside readers and writers; one that exists already costs nothing. */
export async function createIndexes(place: IndexPlace): Promise<void> {
  await createDocumentIndexes(place);
  await createIn(place, ...BLOB_INDEXES);
}

/** Creates the indexes of documents, without those of uploads. */
export async function createDocumentIndexes(place: IndexPlace): Promise<void> {
  for (const name of collectionNames) await createIn(place, name, indexesOf(name));
}

async function createIn(place: IndexPlace, name: string, wanted: readonly IndexDefinition[]): Promise<void> {
  const collection = place.collection(name);
  const { there, missing } = await lookIn(place, name, wanted);
  // createIndexes also makes the collection, which must exist before two writers use it at once.
  const specs = there.length === 0 ? [{ name: '_id_', key: { _id: 1 as const } }, ...missing] : missing;
  if (specs.length === 0) return;
  await place
    .persist(() => collection.createIndexes(specs))
    .catch((error: unknown) => {
      throw isDuplicate(error) ? notUnique(place.shown, name, error) : error;
    });
}

/** The names of missing indexes, each behind its collection. */
export async function missingIndexes(place: IndexPlace): Promise<string[]> {
  const all = [...collectionNames.map((name) => [name, indexesOf(name)] as const), BLOB_INDEXES];
  const looks = await Promise.all(all.map(([name, wanted]) => lookIn(place, name, wanted)));
  return looks.flatMap(({ missing }, at) => missing.map((index) => `${all[at]?.[0]}.${index.name}`));
}

async function lookIn(place: IndexPlace, name: string, wanted: readonly IndexDefinition[]) {
  const there = await place.persist(() => place.collection(name).listIndexes().toArray()).catch(noneYet);
  // An operator may have made the same one under another name, which MongoDB would refuse to make again.
  return { there, missing: wanted.filter((index) => !there.some((other) => isSame(other, index))) };
}

function noneYet(error: unknown): [] {
  if (isUnknownCollection(error)) return [];
  throw error;
}

const isSame = (other: Readonly<Record<string, unknown>>, { key, unique, sparse }: IndexDefinition) =>
  // The order of the paths counts.
  JSON.stringify(Object.entries(other['key'] ?? {})) === JSON.stringify(Object.entries(key)) &&
  (other['unique'] === true) === (unique === true) &&
  (other['sparse'] === true) === (sparse === true);

const notUnique = (shown: string, name: string, cause: unknown) =>
  new GradeportError(
    'conflict',
    `Two documents of ${name} in ${shown} have one key that must be unique: remove or rename one of them. ` +
      `The database says: ${String(cause)}`,
    { cause },
  );
