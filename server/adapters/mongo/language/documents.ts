/** Documents as MongoDB has them ↔ documents of the store. */
import { mongo } from 'mongoose';
import type { z } from 'zod';
import { checkDocument } from '../../documents/check-document.ts';
import { INSERTED } from './filter.ts';
import { escapeNames, unescapeNames } from './keys.ts';
import { BATCH, type Raw, WRITES } from './schema.ts';

/** Which migration changed the document last. */
export const MIGRATED = '_migrated';

/** Readers of a document do not need the tokens of its writes. */
export const PROJECTION = { [WRITES]: 0 } as const;

export function toRaw(doc: { id: string }): Raw {
  const { id, ...rest } = doc;
  return { _id: id, ...(escapeNames(rest) as object), [INSERTED]: new mongo.ObjectId() };
}

/** own: the store's book-keeping of this document; rest: what others wrote. */
export function fieldsOf({ _id, ...raw }: Raw): { own: object; rest: object } {
  const { [INSERTED]: inserted, [WRITES]: writes, [BATCH]: batch, [MIGRATED]: _migrated, ...rest } = raw;
  const own = { [INSERTED]: inserted, ...(writes && { [WRITES]: writes }), ...(batch && { [BATCH]: batch }) };
  return { own, rest };
}

export function toDocument<T>(name: string, schema: z.ZodType<T>, raw: Raw): T {
  const { rest } = fieldsOf(raw);
  return checkDocument(`${name}/${raw._id}`, schema, { id: raw._id, ...(unescapeNames(rest) as object) });
}
