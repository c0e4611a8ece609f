/**
 * Batches without transactions, which a standalone server does not have. The first document carries the later steps in
 * its `_batch` from the same write on that makes the batch happen; they are applied in order, and then `_batch` goes.
 * Each step does nothing the second time, so that everybody who meets the document may finish them at once: readers,
 * the sweep, another process. A document that a later step inserts must not be removed within seconds: somebody who
 * read `_batch` before would bring it back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type CollectionName, collectionNames, collections } from '../../model/collections.ts';
import type { Steps } from '../../ports/store.ts';
import { applySteps, type Batch, batchIn, endBatch, unpackSteps } from './batch-steps.ts';
import { createBatchWriter } from './batch-writer.ts';
import { BATCH, type Raw } from './language/schema.ts';
import type { OwnBatches } from './own-batches.ts';
import type { Place } from './place.ts';

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

export type UnfinishedOptions = {
  /** The batches of this process, whichever view of the store began them. */
  own: OwnBatches;
  /** Whether a server may be at work beside this process: it gets the time to end its own batches. */
  isBeside: boolean;
};

export function createUnfinished(place: Place, { own, isBeside }: UnfinishedOptions): Unfinished {
  const { native, persist } = place;

  const leads = (name: CollectionName): boolean => 'leads' in collections[name];

  async function settle(name: CollectionName, raw: Raw): Promise<Raw> {
    const batch = batchIn(raw);
    if (batch === null) return raw;
    const isApplied = (await own.get(batch.id)) ?? (await hasEnded(name, raw._id, batch));
    if (!isApplied) {
      await applySteps(place, unpackSteps(batch));
      await endBatch(place, name, raw._id, batch.id);
    }
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

  const batch = createBatchWriter(place, own, settle);
  return {
    leads,
    settle,
    finishAll,
    async sweep() {
      for (const name of collectionNames) await finishAll(name);
    },
    batch: (steps) => place.track(batch(steps)),
  };
}
