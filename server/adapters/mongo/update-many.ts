/** Changes all documents that match. MongoDB changes one after the other, and stops at the first that cannot. */
import { z } from 'zod';
import { type CollectionName, collections } from '../../model/collections.ts';
import type { Change } from '../../ports/store.ts';
import { splitPath } from '../documents/field-path.ts';
import { isDuplicate } from './connection/errors.ts';
import { toMongoUpdate } from './language/change.ts';
import type { MongoFilter } from './language/filter.ts';
import { typeAt } from './language/fit-change.ts';
import { toMongoPath } from './language/keys.ts';
import { unwrapped, WRITES } from './language/schema.ts';
import { newToken, type Place } from './place.ts';

/** Checks before the first change that every match can take it. @throws TypeError that names the path */
export async function refuseUnfit(
  { native, persist }: Place,
  name: CollectionName,
  filter: MongoFilter,
  { $inc = {}, $set = {} }: Change,
): Promise<void> {
  const numbers = Object.keys($inc).map((path) => ({ path, type: 'number' }));
  const parents = [...Object.keys($inc), ...Object.keys($set)].flatMap(ancestorsOf);
  const objects = parents.map((path) => ({ path, type: 'object' }));
  for (const { path, type } of [...numbers, ...objects].filter(({ path }) => isFree(name, path))) {
    const at = toMongoPath(path);
    // MongoDB compares the elements of a list, not the list itself.
    const other = { $or: [{ [at]: { $not: { $type: type } } }, { [at]: { $type: 'array' } }] };
    const unfit = { $and: [filter, { [at]: { $exists: true } }, other] };
    if (await persist(() => native(name).findOne(unfit, { projection: { _id: 1 } })))
      throw new TypeError(`"${path}" is not of type ${type} in a document of ${name}: none is changed.`);
  }
}

/** @returns how many matched */
export async function updateManyOnce(
  place: Place,
  name: CollectionName,
  filter: MongoFilter,
  change: Change,
): Promise<number> {
  const token = newToken();
  const update = toMongoUpdate(collections[name].schema, change, token);
  const model = place.models[name];
  const fresh = { $and: [filter], [WRITES]: { $ne: token } };
  const count = await place.persist(async (isAgain) => {
    try {
      const { matchedCount } = await model.updateMany(fresh, update, { runValidators: true });
      return isAgain ? place.native(name).countDocuments({ [WRITES]: token }) : matchedCount;
    } catch (error) {
      if (isDuplicate(error))
        throw new TypeError(`A unique key of ${name} refuses this change.`, { cause: error });
      throw error;
    }
  });
  if (count > 0) place.wrote();
  return count;
}

const ancestorsOf = (path: string): string[] => {
  const parts = splitPath(path);
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
};

/** Whether the schema leaves the value at a path open, because the grader or others choose it. */
function isFree(name: CollectionName, path: string): boolean {
  const type = unwrapped(typeAt(collections[name].schema, path));
  return type instanceof z.ZodUnknown || type instanceof z.ZodRecord;
}
