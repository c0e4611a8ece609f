/** A Change of the store's language → MongoDB's update. */
import type { z } from 'zod';
import type { Change } from '../../../ports/store.ts';
import { refuseOverlap } from '../../documents/check-document.ts';
import { fitChange } from './fit-change.ts';
import { escapeNames, toMongoPath } from './keys.ts';
import { KEPT_WRITES, WRITES } from './schema.ts';

export type MongoUpdate = Record<string, Record<string, unknown>>;

/** @param token names this write: a document that has it was changed already. @throws TypeError */
export function toMongoUpdate(schema: z.ZodObject, change: Change, token: string): MongoUpdate {
  const { $set, $unset, $inc } = fitChange(schema, change);
  refuseOverlap([$set, $unset, $inc].flatMap((part) => Object.keys(part)));
  const parts: MongoUpdate = {
    $set: mapped($set, escapeNames),
    $unset: mapped($unset, () => 1),
    $inc: mapped($inc, (step) => step),
    $push: { [WRITES]: { $each: [token], $slice: -KEPT_WRITES } },
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));
}

const mapped = <T>(part: Readonly<Record<string, T>>, value: (given: T) => unknown) =>
  Object.fromEntries(Object.entries(part).map(([path, given]) => [toMongoPath(path), value(given)]));
