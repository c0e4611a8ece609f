/**
 * Batches without transactions, which a standalone server does not have. The first document carries the later steps in
 * its `_batch` from the same write on that makes the batch happen; they are applied in order, and then `_batch` goes.
 * Each step does nothing the second time, so that everybody who meets the document may finish them at once: readers,
 * the sweep, another process. A document that a later step inserts must not be removed within seconds: somebody who
 * read `_batch` before would bring it back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { z } from 'zod';
import { type CollectionName, collectionNames, collections } from '../../model/collections.ts';
import type { Step, Steps } from '../../ports/store.ts';
import { checkDocument, checkSteps } from '../documents/check-document.ts';
import { isDuplicate } from './connection/errors.ts';
import { type MongoUpdate, toMongoUpdate } from './language/change.ts';
import { toRaw } from './language/documents.ts';
import { toMongoFilter } from './language/filter.ts';
import { BATCH, type Raw, WRITES } from './language/schema.ts';
import { newToken, type Place } from './place.ts';
import { changeOnce, insertOnce, prepare } from './writes.ts';

const { EJSON } = mongo.BSON;

type LaterStep = { collection: CollectionName } & (
  | { insert: Raw }
  | { id: string; token: string; update: MongoUpdate }
);
/** In the first document. steps: LaterStep[] as Extended JSON, since no field name of it may be a path. */
type Batch = { id: string; at: number; steps: string };
const batchSchema = z.object({ id: z.string(), at: z.number(), steps: z.string() });

export type Unfinished = {
  leads(name: CollectionName): boolean;
  /** Before somebody relies on this document: finishes the batch that it carries. */
  settle(name: CollectionName, raw: Raw): Promise<Raw>;
  /** All that a collection's documents carry. */
  finishAll(name: CollectionName): Promise<void>;
  /** Of every collection. */
  sweep(): Promise<void>;
  batch(steps: Steps): Promise<boolean>;
};

/** Longer than a process takes from one write to the next. */
const OWNER_MS = 500;
const LOOK_MS = 20;
/** Ends of batches that a process remembers: a reader may have met one a moment before. */
const REMEMBERED = 1000;

/** @param isBeside whether a server may be at work beside this process: it gets the time to end its own batches */
export function createUnfinished(place: Place, isBeside = false): Unfinished {
  const { native, persist } = place;
  /** The last batches of this process: a reader that meets one waits for it instead of doing it once more. */
  const own = new Map<string, Promise<boolean>>();

  const leads = (name: CollectionName): boolean => 'leads' in collections[name];

  async function settle(name: CollectionName, raw: Raw): Promise<Raw> {
    const carried = raw[BATCH];
    if (carried === undefined || carried === null) return raw;
    const batch = batchSchema.parse(carried);
    const isApplied = (await own.get(batch.id)) ?? (await hasEnded(name, raw._id, batch));
    if (!isApplied) await finish(name, raw._id, batch);
    return raw;
  }

  /**
   * Since it was read, or soon. A batch that ended must not be done again: its owner may have taken it back since (a
   * restore does), and its documents would be back.
   */
  async function hasEnded(name: CollectionName, id: string, batch: Batch): Promise<boolean> {
    const carrying = { _id: id, [`${BATCH}.id`]: batch.id };
    const deadline = performance.now() + (isBeside ? OWNER_MS : 0);
    for (;;) {
      const found = await persist(() => native(name).findOne(carrying, { projection: { _id: 1 } }));
      if (found === null) return true;
      if (performance.now() >= deadline) return false;
      await pause(LOOK_MS);
    }
  }

  async function finish(name: CollectionName, id: string, batch: Batch): Promise<void> {
    await apply(EJSON.parse(batch.steps) as LaterStep[]);
    await end(name, id, batch.id);
  }

  async function end(name: CollectionName, id: string, batchId: string): Promise<void> {
    const own = { _id: id, [`${BATCH}.id`]: batchId };
    await persist(() => native(name).updateOne(own, { $unset: { [BATCH]: 1 } }));
  }

  async function finishAll(name: CollectionName): Promise<void> {
    if (!leads(name)) return;
    const carrying = { [`${BATCH}.at`]: { $gt: 0 } };
    const found = await persist(() =>
      native(name)
        .find(carrying, { projection: { [BATCH]: 1 } })
        .toArray(),
    );
    for (const raw of found) await settle(name, raw);
  }

  async function apply(steps: readonly LaterStep[]): Promise<void> {
    for (const step of steps) await persist(() => applyOne(step));
    if (steps.length > 0) place.wrote();
  }

  async function applyOne(step: LaterStep): Promise<void> {
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

  async function prepareLater(step: Step, token: string): Promise<LaterStep> {
    const { collection } = step;
    const { schema } = collections[collection];
    if ('insert' in step) {
      const doc = checkDocument(
        `${collection}/${step.insert.id}`,
        (schema as z.ZodObject).strict(),
        step.insert,
      );
      return { collection, insert: await prepare(place, collection, toRaw(doc as { id: string })) };
    }
    return { collection, id: step.id, token, update: toMongoUpdate(schema, step.change, token) };
  }

  /** @returns false when the precondition is not met */
  async function begin(step: Step, batch: Batch): Promise<boolean> {
    const { collection } = step;
    if ('insert' in step) {
      const doc = checkDocument(
        `${collection}/${step.insert.id}`,
        (collections[collection].schema as z.ZodObject).strict(),
        step.insert,
      );
      const raw = await prepare(place, collection, toRaw(doc as { id: string }));
      await insertOnce(place, collection, { ...raw, [BATCH]: batch });
      return true;
    }
    const update = toMongoUpdate(collections[collection].schema, step.change, batch.id);
    const carrying = { ...update, $set: { ...update['$set'], [BATCH]: batch } };
    for (;;) {
      const wanted = { $and: [toMongoFilter(step.where ?? {})], _id: step.id, [BATCH]: null };
      if (await changeOnce(place, collection, wanted, { update: carrying, token: batch.id })) return true;
      const met = { $and: [toMongoFilter(step.where ?? {})], _id: step.id };
      const other = await persist(() => native(collection).findOne(met));
      if (!other) return false;
      // It carried another batch then.
      await settle(collection, other);
    }
  }

  function remember(id: string, isApplied: Promise<boolean>): void {
    own.set(id, isApplied);
    const [oldest] = own.keys();
    if (own.size > REMEMBERED && oldest !== undefined) own.delete(oldest);
  }

  async function batchOf(steps: Steps): Promise<boolean> {
    checkSteps(steps);
    const id = newToken();
    const [first, ...rest] = steps;
    const later = await Promise.all(rest.map((step, at) => prepareLater(step, `${id}:${at}`)));
    const applied = Promise.withResolvers<boolean>();
    remember(id, applied.promise);
    try {
      if (!(await begin(first, { id, at: Date.now(), steps: EJSON.stringify(later) }))) {
        own.delete(id);
        return false;
      }
      await apply(later);
      applied.resolve(true);
    } catch (error) {
      own.delete(id);
      throw error;
    } finally {
      // After a failure those who waited finish it themselves, as the sweep would.
      applied.resolve(false);
    }
    const leadId = 'insert' in first ? first.insert.id : first.id;
    // Nobody waits for it: a reader who still meets it knows that it is applied.
    void place.track(end(first.collection, leadId, id));
    return true;
  }

  return {
    leads,
    settle,
    finishAll,
    async sweep() {
      for (const name of collectionNames) await finishAll(name);
    },
    batch: (steps) => place.track(batchOf(steps)),
  };
}
