/** Single writes, each done once however often it had to be sent. */
import { mongo } from 'mongoose';
import type { CollectionName } from '../../model/collections.ts';
import { collections } from '../../model/collections.ts';
import { taken } from '../documents/check-document.ts';
import { codeOf, explain, isDuplicate, tooLarge } from './connection/errors.ts';
import type { MongoUpdate } from './language/change.ts';
import { PROJECTION } from './language/documents.ts';
import { INSERTED, type MongoFilter } from './language/filter.ts';
import { type Raw, WRITES } from './language/schema.ts';
import type { Place } from './place.ts';
import { indexName } from './upkeep/indexes.ts';

/** The limit of one document. */
const MOST_BYTES = 16 * 2 ** 20;

/** Has mongoose check a document, too. @throws TypeError that names the path */
export async function prepare({ models, shown }: Place, name: CollectionName, raw: Raw): Promise<Raw> {
  const doc = new models[name](raw);
  await doc.validate().catch((error: unknown) => {
    throw explain(error, shown);
  });
  return doc.toObject({ minimize: false, virtuals: false, flattenMaps: false });
}

/** Checked before sending: some servers only end the connection, which looks as if they were away. */
function refuseTooLarge(sent: object): void {
  if (mongo.BSON.calculateObjectSize(sent) > MOST_BYTES) throw tooLarge(null);
}

/** @throws GradeportError "conflict" when the id or a unique key is taken */
export async function insertOnce(place: Place, name: CollectionName, raw: Raw): Promise<void> {
  const collection = place.native(name);
  refuseTooLarge(raw);
  await place.persist(async (isAgain) => {
    try {
      await collection.insertOne({ ...raw });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const ours = isAgain && (await collection.findOne({ _id: raw._id, [INSERTED]: raw[INSERTED] }));
      if (!ours) throw takenBy(name, error);
    }
  });
  place.wrote();
}

/** @returns the changed document; null: none meets the filter */
export async function changeOnce(
  place: Place,
  name: CollectionName,
  filter: MongoFilter & { _id: string },
  { update, token }: { update: MongoUpdate; token: string },
): Promise<Raw | null> {
  const model = place.models[name];
  refuseTooLarge(update);
  const fresh = { ...filter, [WRITES]: { $ne: token } };
  const changed = await place.persist(async (isAgain) => {
    try {
      const found = await model.findOneAndUpdate(fresh, update, {
        runValidators: true,
        returnDocument: 'after',
        lean: true,
        projection: PROJECTION,
      });
      if (found || !isAgain) return found as Raw | null;
    } catch (error) {
      throw isDuplicate(error) ? takenBy(name, error) : error;
    }
    return place.native(name).findOne({ _id: filter._id, [WRITES]: token }, { projection: PROJECTION });
  });
  if (changed) place.wrote();
  return changed;
}

/** @returns how many there were, including those of a try whose answer was lost */
export async function removeOnce(place: Place, name: CollectionName, filter: MongoFilter): Promise<number> {
  const collection = place.native(name);
  let before = 0;
  const removed = await place.persist(async (isAgain) => {
    if (!isAgain) before = await collection.countDocuments(filter);
    const { deletedCount } = await collection.deleteMany(filter);
    return isAgain ? Math.max(before, deletedCount) : deletedCount;
  });
  if (removed > 0) place.wrote();
  return removed;
}

/** MongoDB names the index in its message; servers differ in what else they say. */
function takenBy(name: CollectionName, error: unknown) {
  const said = codeOf(error) === 0 ? '' : String(error);
  const index = collections[name].indexes.find(({ paths }) => said.includes(indexName(paths)));
  return taken(name, index?.paths, error);
}
