/** Reads a MongoDB collection. An unfinished batch is finished before its first document is returned. */
import type { CollectionName } from '../../model/collections.ts';
import type { FindOptions, PluckOptions } from '../../ports/store.ts';
import { valueAt } from '../documents/field-path.ts';
import { type MongoFilter, toMongoSort } from './language/filter.ts';
import { BATCH, type Raw } from './language/schema.ts';
import type { Place } from './place.ts';
import type { Unfinished } from './unfinished.ts';

/** Documents in one answer of the server, which stops at 16 MB anyway. */
const BATCH_SIZE = 1000;

type ReadOptions = FindOptions & { projection: Record<string, 0 | 1> };

export function createReader(place: Place, name: CollectionName, unfinished: Unfinished) {
  const collection = place.native(name);

  async function find(filter: MongoFilter, { sort, limit, skip, projection }: ReadOptions): Promise<Raw[]> {
    const order = toMongoSort(sort);
    const options = {
      projection,
      batchSize: BATCH_SIZE,
      ...(order && { sort: order }),
      ...(limit !== undefined && { limit }),
      ...(skip !== undefined && { skip }),
    };
    // MongoDB takes 0 as "no limit".
    if (limit === 0) return [];
    const raws = await place.persist(() => collection.find(filter, options).toArray());
    for (const raw of raws) await unfinished.settle(name, raw);
    return raws;
  }

  async function idOf(filter: MongoFilter): Promise<string | null> {
    const [raw] = await find(filter, { projection: { _id: 1 }, limit: 1 });
    return raw?._id ?? null;
  }

  async function count(filter: MongoFilter): Promise<number> {
    const counted = place.persist(() => collection.countDocuments(filter));
    const [n] = await Promise.all([counted, unfinished.finishAll(name)]);
    return n;
  }

  async function pluck(
    paths: readonly string[],
    filter: MongoFilter,
    options: PluckOptions,
  ): Promise<(string | number | null)[][]> {
    // Where a batch may have to be finished, its document must be read: no index says so.
    const mayBeFirst = unfinished.leads(name) && !options.alone;
    const shown = topmost([...paths, ...(mayBeFirst ? [BATCH] : [])]);
    const projection = Object.fromEntries([
      ['_id', paths.includes('_id') || mayBeFirst ? 1 : 0],
      ...shown.map((path) => [path, 1]),
    ]);
    const raws = await find(filter, { ...options, projection });
    return raws.map((raw) => paths.map((path) => toScalar(valueAt(raw, path))));
  }

  async function group(path: string, filter: MongoFilter): Promise<Map<string, number>> {
    const stages = [{ $match: filter }, { $group: { _id: `$${path}`, n: { $sum: 1 } } }];
    const asked = place.persist(() => collection.aggregate<{ _id: unknown; n: number }>(stages).toArray());
    const [rows] = await Promise.all([asked, unfinished.finishAll(name)]);
    const found = new Map<string, number>();
    for (const { _id: value, n } of rows) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
      found.set(String(value), (found.get(String(value)) ?? 0) + n);
    }
    return found;
  }

  return { find, idOf, count, pluck, group };
}

/** MongoDB refuses a projection of a path and of one beneath it. */
const topmost = (paths: readonly string[]): string[] =>
  paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)));

/** As SQL reads JSON: true is 1. */
const toScalar = (value: unknown): string | number | null => {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
};
