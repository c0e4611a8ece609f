/** A document and the one that it names, in one round trip. */
import type { z } from 'zod';
import { type CollectionName, collections, type Documents } from '../../model/collections.ts';
import type { Linked } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { valueAt } from '../documents/field-path.ts';
import { PROJECTION, toDocument } from './language/documents.ts';
import { toMongoPath } from './language/keys.ts';
import type { Raw } from './language/schema.ts';
import type { Place } from './place.ts';
import type { Unfinished } from './unfinished.ts';

const LINKED = '_linked';
type Names<A, B> = { from: A; id: string; by: string; to: B };
type Pair = { raw: Raw; other: Raw | null };

export function createGetWith(place: Place, unfinished: Unfinished) {
  const read = <N extends CollectionName>(name: N, raw: Raw): Documents[N] =>
    toDocument(name, collections[name].schema as unknown as z.ZodType<Documents[N]>, raw);

  async function together({ from, id, by, to }: Names<CollectionName, CollectionName>): Promise<Pair | null> {
    const stages = [
      { $match: { _id: id } },
      { $lookup: { from: to, localField: toMongoPath(by), foreignField: '_id', as: LINKED } },
      { $project: PROJECTION },
    ];
    const [found] = await place.persist(() => place.native(from).aggregate<Raw>(stages).toArray());
    if (!found) return null;
    const { [LINKED]: linked, ...raw } = found;
    return { raw: raw as Raw, other: (linked as Raw[])[0] ?? null };
  }

  async function oneByOne({ from, id, by, to }: Names<CollectionName, CollectionName>): Promise<Pair | null> {
    const one = (name: CollectionName, _id: string) =>
      place.persist(() => place.native(name).findOne({ _id }, { projection: PROJECTION }));
    const raw = await one(from, id);
    if (raw === null) return null;
    const key = valueAt(raw, toMongoPath(by));
    return { raw, other: typeof key === 'string' ? await one(to, key) : null };
  }

  return async <A extends CollectionName, B extends CollectionName>(
    names: Names<A, B>,
  ): Promise<Linked<Documents[A], Documents[B]> | null> => {
    const pair = await together(names).catch((error: unknown) => {
      // Each fits into a document of MongoDB, but not both into one.
      if (error instanceof GradeportError && error.code === 'too-large') return oneByOne(names);
      throw error;
    });
    if (pair === null) return null;
    const { raw, other } = pair;
    await unfinished.settle(names.from, raw);
    if (other) await unfinished.settle(names.to, other);
    return { doc: read(names.from, raw), linked: other ? read(names.to, other) : null };
  };
}
