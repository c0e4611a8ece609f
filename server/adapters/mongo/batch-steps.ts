/** The steps of a batch as the first document carries them, and how each is written. */
import { mongo } from 'mongoose';
import { z } from 'zod';
import { type CollectionName, collections } from '../../model/collections.ts';
import type { Step } from '../../ports/store.ts';
import { checkDocument } from '../documents/check-document.ts';
import { isDuplicate } from './connection/errors.ts';
import { type MongoUpdate, toMongoUpdate } from './language/change.ts';
import { toRaw } from './language/documents.ts';
import { BATCH, type Raw, WRITES } from './language/schema.ts';
import type { Place } from './place.ts';
import { prepare } from './writes.ts';

const { EJSON } = mongo.BSON;

export type LaterStep = { collection: CollectionName } & (
  | { insert: Raw }
  | { id: string; token: string; update: MongoUpdate }
);
/** In the first document. steps: LaterStep[] as Extended JSON, since no field name of it may be a path. */
export type Batch = { id: string; at: number; steps: string };
const batchSchema = z.object({ id: z.string(), at: z.number(), steps: z.string() });

/** The batch that a document carries. */
export function batchIn(raw: Raw): Batch | null {
  const carried = raw[BATCH];
  return carried === undefined || carried === null ? null : batchSchema.parse(carried);
}

export const packSteps = (steps: readonly LaterStep[]): string => EJSON.stringify(steps);
export const unpackSteps = ({ steps }: Batch): LaterStep[] => EJSON.parse(steps) as LaterStep[];

/** A document to insert, checked. */
export function insertionOf(
  place: Place,
  { collection, insert }: Extract<Step, { insert: unknown }>,
): Promise<Raw> {
  const schema = (collections[collection].schema as z.ZodObject).strict();
  const doc = checkDocument(`${collection}/${insert.id}`, schema, insert);
  return prepare(place, collection, toRaw(doc as { id: string }));
}

export async function prepareLater(place: Place, step: Step, token: string): Promise<LaterStep> {
  const { collection } = step;
  if ('insert' in step) return { collection, insert: await insertionOf(place, step) };
  const update = toMongoUpdate(collections[collection].schema, step.change, token);
  return { collection, id: step.id, token, update };
}

export async function applySteps(place: Place, steps: readonly LaterStep[]): Promise<void> {
  for (const step of steps) await place.persist(() => applyOne(place, step));
  if (steps.length > 0) place.wrote();
}

/** Does nothing the second time. */
async function applyOne({ native }: Place, step: LaterStep): Promise<void> {
  const collection = native(step.collection);
  if ('insert' in step) {
    await collection.insertOne({ ...step.insert }).catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
    });
    return;
  }
  const { id, token, update } = step;
  await collection.updateOne({ _id: id, [WRITES]: { $ne: token } }, update);
}

/** Its later steps are applied: the first document need not carry them any longer. */
export async function endBatch(
  place: Place,
  name: CollectionName,
  id: string,
  batchId: string,
): Promise<void> {
  const carrying = { _id: id, [`${BATCH}.id`]: batchId };
  await place.persist(() => place.native(name).updateOne(carrying, { $unset: { [BATCH]: 1 } }));
}
