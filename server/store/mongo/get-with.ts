/** A document and the one that it names, in one round trip. */
import type { z } from 'zod';
import { type CollectionName, collections, type Documents } from '../collections.ts';
import type { Linked } from '../port.ts';
import { PROJECTION, toDocument } from './documents.ts';
import { toMongoPath } from './keys.ts';
import type { Place } from './place.ts';
import type { Raw } from './schema.ts';
import type { Unfinished } from './unfinished.ts';

const LINKED = '_linked';
type Names<A, B> = { from: A; id: string; by: string; to: B };

export function createGetWith(place: Place, unfinished: Unfinished) {
  const read = <N extends CollectionName>(name: N, raw: Raw): Documents[N] =>
    toDocument(name, collections[name].schema as unknown as z.ZodType<Documents[N]>, raw);

  return async <A extends CollectionName, B extends CollectionName>({
    from,
    id,
    by,
    to,
  }: Names<A, B>): Promise<Linked<Documents[A], Documents[B]> | null> => {
    const stages = [
      { $match: { _id: id } },
      { $lookup: { from: to, localField: toMongoPath(by), foreignField: '_id', as: LINKED } },
      { $project: PROJECTION },
    ];
    const [found] = await place.persist(() => place.native(from).aggregate<Raw>(stages).toArray());
    if (!found) return null;
    const { [LINKED]: linked, ...raw } = found;
    await unfinished.settle(from, raw as Raw);
    const [other] = linked as Raw[];
    if (other) await unfinished.settle(to, other);
    return { doc: read(from, raw as Raw), linked: other ? read(to, other) : null };
  };
}
