/** Begins a batch with its first document, applies its later steps, and ends it. */
import { type CollectionName, collections } from '../../model/collections.ts';
import type { Step, Steps } from '../../ports/store.ts';
import { checkSteps } from '../documents/check-document.ts';
import { applySteps, type Batch, endBatch, insertionOf, packSteps, prepareLater } from './batch-steps.ts';
import { toMongoUpdate } from './language/change.ts';
import { toMongoFilter } from './language/filter.ts';
import { BATCH, type Raw } from './language/schema.ts';
import type { OwnBatches } from './own-batches.ts';
import { newToken, type Place } from './place.ts';
import { changeOnce, insertOnce } from './writes.ts';

/** @param settle finishes the batch that a document carries */
export function createBatchWriter(
  place: Place,
  own: OwnBatches,
  settle: (name: CollectionName, raw: Raw) => Promise<Raw>,
) {
  /** @returns false when the precondition is not met */
  async function begin(step: Step, batch: Batch): Promise<boolean> {
    const { collection } = step;
    if ('insert' in step) {
      const raw = await insertionOf(place, step);
      await insertOnce(place, collection, { ...raw, [BATCH]: batch });
      return true;
    }
    const update = toMongoUpdate(collections[collection].schema, step.change, batch.id);
    const carrying = { ...update, $set: { ...update['$set'], [BATCH]: batch } };
    for (;;) {
      const wanted = { $and: [toMongoFilter(step.where ?? {})], _id: step.id, [BATCH]: null };
      if (await changeOnce(place, collection, wanted, { update: carrying, token: batch.id })) return true;
      const met = { $and: [toMongoFilter(step.where ?? {})], _id: step.id };
      const other = await place.persist(() => place.native(collection).findOne(met));
      if (!other) return false;
      // It carried another batch then.
      await settle(collection, other);
    }
  }

  /** @returns false when the precondition of the first step is not met */
  return async (steps: Steps): Promise<boolean> => {
    checkSteps(steps);
    const id = newToken();
    const [first, ...rest] = steps;
    const later = await Promise.all(rest.map((step, at) => prepareLater(place, step, `${id}:${at}`)));
    const applied = Promise.withResolvers<boolean>();
    own.remember(id, applied.promise);
    try {
      if (!(await begin(first, { id, at: Date.now(), steps: packSteps(later) }))) {
        own.forget(id);
        return false;
      }
      await applySteps(place, later);
      applied.resolve(true);
    } catch (error) {
      own.forget(id);
      throw error;
    } finally {
      // After a failure those who waited finish it themselves, as the sweep would.
      applied.resolve(false);
    }
    const leadId = 'insert' in first ? first.insert.id : first.id;
    // Not awaited: a reader that still meets the batch knows that it is applied.
    void place.track(endBatch(place, first.collection, leadId, id));
    return true;
  };
}
