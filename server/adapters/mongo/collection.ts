/** One collection of a MongoDB store. */
import type { z } from 'zod';
import { type CollectionName, collections, type Documents } from '../../model/collections.ts';
import type { Change, Collection, Filter, FindOptions } from '../../ports/store.ts';
import { checkDocument } from '../documents/check-document.ts';
import { toMongoUpdate } from './language/change.ts';
import { PROJECTION, toDocument, toRaw } from './language/documents.ts';
import { toMongoFilter } from './language/filter.ts';
import { toMongoPath } from './language/keys.ts';
import { newToken, type Place } from './place.ts';
import { createReader } from './reader.ts';
import type { Unfinished } from './unfinished.ts';
import { refuseUnfit, updateManyOnce } from './update-many.ts';
import { changeOnce, insertOnce, prepare, removeOnce } from './writes.ts';

export function createMongoCollection<N extends CollectionName>(
  place: Place,
  name: N,
  unfinished: Unfinished,
): Collection<Documents[N]> {
  type T = Documents[N];
  const shape: z.ZodObject = collections[name].schema;
  const read = shape as unknown as z.ZodType<T>;
  const written = shape.strict() as unknown as z.ZodType<T>;
  const reader = createReader(place, name, unfinished);

  async function find(filter: Filter, options: FindOptions = {}): Promise<T[]> {
    const raws = await reader.find(toMongoFilter(filter), { ...options, projection: PROJECTION });
    return raws.map((raw) => toDocument(name, read, raw));
  }

  /** A change by id is one step on the server; any other filter is looked up first. */
  async function update(filter: Filter, change: Change): Promise<T | null> {
    const token = newToken();
    const update = toMongoUpdate(shape, change, token);
    const wanted = toMongoFilter(filter);
    for (;;) {
      const id = typeof filter['id'] === 'string' ? filter['id'] : await reader.idOf(wanted);
      if (id === null) return null;
      const raw = await changeOnce(place, name, { $and: [wanted], _id: id }, { update, token });
      if (raw) return toDocument(name, read, await unfinished.settle(name, raw));
      if (typeof filter['id'] === 'string') return null;
    }
  }

  async function insert(doc: T): Promise<void> {
    const checked: { id: string } = checkDocument(`${name}/${doc.id}`, written, doc);
    await insertOnce(place, name, await prepare(place, name, toRaw(checked)));
  }

  async function updateMany(filter: Filter, change: Change): Promise<number> {
    const wanted = toMongoFilter(filter);
    await unfinished.finishAll(name);
    await refuseUnfit(place, name, wanted, change);
    return updateManyOnce(place, name, wanted, change);
  }

  async function remove(filter: Filter): Promise<number> {
    const wanted = toMongoFilter(filter);
    // Removing the first document of a batch would lose its other steps.
    await unfinished.finishAll(name);
    return removeOnce(place, name, wanted);
  }

  return {
    find,
    findOne: async (filter, options) => (await find(filter, { ...options, limit: 1 }))[0] ?? null,
    insert: (doc) => place.track(insert(doc)),
    get: async (id) => (await find({ id }, { limit: 1 }))[0] ?? null,
    update: (filter, change) => place.track(update(filter, change)),
    updateMany: (filter, change) => place.track(updateMany(filter, change)),
    remove: (filter) => place.track(remove(filter)),
    count: async (filter) => reader.count(toMongoFilter(filter)),
    pluck: async (paths, filter, options = {}) =>
      reader.pluck(paths.map(toMongoPath), toMongoFilter(filter), options),
    group: async (path, filter) => reader.group(toMongoPath(path), toMongoFilter(filter)),
  };
}
