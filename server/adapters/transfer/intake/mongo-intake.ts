/** Imports documents into a MongoDB database: into collections incoming_…, then renamed over the old ones. */
import type { z } from 'zod';
import { type CollectionName, collectionNames, collections } from '../../../model/collections.ts';
import type { Store } from '../../../ports/store.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { isDuplicate } from '../../mongo/connection/errors.ts';
import { toDocument, toRaw } from '../../mongo/language/documents.ts';
import type { Raw } from '../../mongo/language/schema.ts';
import { metaOf } from '../../mongo/meta.ts';
import { openMongoStore } from '../../mongo/open.ts';
import { createDocumentIndexes } from '../../mongo/upkeep/indexes.ts';
import { clearMongoMark, INCOMING, readMongoMark, writeMongoMark } from '../../mongo/upkeep/mark.ts';
import type { Doc } from '../source.ts';
import type { StoreRef } from '../store-ref.ts';
import { type Intake, type IntakeOptions, mayReplace, notEmpty } from './intake.ts';
import { finishSwap, isThere, openStaging, PATIENCE_MS, type Staging } from './mongo-staging.ts';

type MongoRef = Extract<StoreRef, { kind: 'mongodb' }>;
export async function openMongoIntake({ url, shown }: MongoRef, options: IntakeOptions): Promise<Intake> {
  await using undo = new AsyncDisposableStack();
  // This takes the server's lock, and reports what is wrong with address and server.
  const store = await openMongoStore(url, { allowHalfDone: true, patienceMs: PATIENCE_MS });
  undo.defer(() => store.close());
  const staging = await openStaging(url);
  undo.defer(() => staging.close());
  const { db, persist } = staging;
  const meta = metaOf({ connection: { db } });
  const before = await readMongoMark(meta, persist);
  if (before?.phase === 'swap') await finishSwap(staging);
  const full = await firstFull(store);
  if (full !== null && !mayReplace(before, options)) throw notEmpty(shown, full);
  const mark = { by: options.by, at: new Date((options.clock ?? Date.now)()).toISOString() };
  await writeMongoMark(meta, persist, { ...mark, phase: 'load' });
  await createDocumentIndexes({
    persist,
    shown,
    collection: (name) => db.collection(`${INCOMING}${name}`),
  });
  const open = undo.move();
  return {
    ...rowsOf(staging, shown),
    blobs: store.blobs,
    async swap() {
      // This fails once another server has taken the database over.
      await store.users.count({});
      await writeMongoMark(meta, persist, { ...mark, phase: 'swap' });
      await finishSwap(staging);
    },
    async close() {
      if (!open.disposed) await open.disposeAsync();
    },
  };
}

function rowsOf(
  { persist, incoming }: Staging,
  shown: string,
): Pick<Intake, 'page' | 'brought' | 'put' | 'remove'> {
  const read = (name: CollectionName, raws: Raw[]): Doc[] =>
    raws.map((raw) => toDocument(name, collections[name].schema as unknown as z.ZodType<Doc>, raw));
  return {
    async page(name, after, limit) {
      const filter = after === null ? {} : { _id: { $gt: after } };
      const find = () => incoming(name).find(filter).sort({ _id: 1 }).limit(limit).toArray();
      return read(name, await persist(find));
    },
    brought: async (name, ids) =>
      read(
        name,
        await persist(() =>
          incoming(name)
            .find({ _id: { $in: [...ids] } })
            .toArray(),
        ),
      ),
    async put(name, docs) {
      const writes = docs.map((doc) => {
        const { _id, ...replacement } = toRaw(doc);
        return { replaceOne: { filter: { _id }, replacement: replacement as Raw, upsert: true } };
      });
      try {
        await persist(() => incoming(name).bulkWrite(writes));
      } catch (error) {
        throw isDuplicate(error) ? takenTwice(shown, error) : error;
      }
    },
    async remove(name, ids) {
      await persist(() => incoming(name).deleteMany({ _id: { $in: [...ids] } }));
    },
  };
}

const takenTwice = (shown: string, cause: unknown): GradeportError =>
  new GradeportError(
    'conflict',
    'Two documents have the same unique key. If they changed since an attempt that did not end, give that up with ' +
      `"gradeport store abandon" for ${shown}, then try again.`,
    { cause },
  );

async function firstFull(store: Store): Promise<CollectionName | null> {
  for (const name of collectionNames) if (await store[name].findOne({})) return name;
  return null;
}

export async function abandonMongoIntake({ url }: MongoRef): Promise<{ by: string; ended: boolean } | null> {
  await using undo = new AsyncDisposableStack();
  const store = await openMongoStore(url, { allowHalfDone: true });
  undo.defer(() => store.close());
  const staging = await openStaging(url);
  undo.defer(() => staging.close());
  const { db, persist, incoming } = staging;
  const meta = metaOf({ connection: { db } });
  const mark = await readMongoMark(meta, persist);
  if (mark === null) return null;
  if (mark.phase === 'swap') await finishSwap(staging);
  for (const name of collectionNames)
    if (await persist(() => isThere(db, `${INCOMING}${name}`))) await persist(() => incoming(name).drop());
  await clearMongoMark(meta, persist);
  return { by: mark.by, ended: mark.phase === 'swap' };
}
