/** Documents as MongoDB has them ↔ documents of the store. */
import { mongo } from 'mongoose';
import type { z } from 'zod';
import { checkDocument } from '../check-document.ts';
import { INSERTED } from './filter.ts';
import { escapeNames, unescapeNames } from './keys.ts';
import { BATCH, type Raw, WRITES } from './schema.ts';

/** Nobody reads the tokens of writes with a document. */
export const PROJECTION = { [WRITES]: 0 } as const;

export function toRaw(doc: { id: string }): Raw {
  const { id, ...rest } = doc;
  return { _id: id, ...(escapeNames(rest) as object), [INSERTED]: new mongo.ObjectId() };
}

export function toDocument<T>(name: string, schema: z.ZodType<T>, raw: Raw): T {
  const { _id, [INSERTED]: _inserted, [WRITES]: _writes, [BATCH]: _batch, ...rest } = raw;
  return checkDocument(`${name}/${_id}`, schema, { id: _id, ...(unescapeNames(rest) as object) });
}
