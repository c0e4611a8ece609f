/**
 * Goes back to the documents of before a migration, with the Gradeport that they belong to. Uploads stay as they are: no
 * migration touches them. An ordinary restore cannot do it, because it opens the database, whose schema is too new for it.
 */
import { type CollectionName, collectionNames } from '../../../model/collections.ts';
import { SCHEMA_VERSION } from '../../../model/schema-version.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { lockDatabase } from '../../mongo/connection/server-lock.ts';
import type { Raw } from '../../mongo/language/schema.ts';
import { metaOf } from '../../mongo/meta.ts';
import { newToken } from '../../mongo/place.ts';
import { createDocumentIndexes } from '../../mongo/upkeep/indexes.ts';
import { INCOMING, readMongoMark, writeMongoMark } from '../../mongo/upkeep/mark.ts';
import { standsIn } from '../../mongo/upkeep/schema-version.ts';
import { finishSwap, openStaging, type Staging } from '../intake/mongo-staging.ts';
import type { StoreRef } from '../store-ref.ts';
import { findMigrationDump, openMigrationDump } from './migration-dump.ts';

const PAGE = 500;

type ReturnOptions = {
  /** Without it nothing is replaced. */
  replace: boolean;
  progress(text: string): void;
  clock?: () => number;
  known?: number;
};

type Returned = { folder: string; documents: number; version: number };

/** @param place what the migration wrote, or the folder of backups that it is in */
export async function returnToDump(
  place: string,
  to: StoreRef,
  { replace, progress, clock = Date.now, known = SCHEMA_VERSION }: ReturnOptions,
): Promise<Returned> {
  if (to.kind !== 'mongodb')
    throw new GradeportError('usage', `${place} belongs into a MongoDB database; ${WHERE}`);
  if (!replace)
    throw new GradeportError(
      'usage',
      `${to.shown} holds documents: --replace takes them away, and all that came since.`,
    );
  const folder = await findMigrationDump(place, known);
  const dump = await openMigrationDump(folder, known);
  await using undo = new AsyncDisposableStack();
  const staging = await openStaging(to.url);
  undo.defer(() => staging.close());
  const { db, persist } = staging;
  const meta = metaOf({ connection: { db } });
  const lock = await lockDatabase({ meta, persist, processId: newToken(), shown: to.shown, clock });
  undo.defer(() => lock.release());
  const by = `store restore --replace ${folder}`;
  const before = await readMongoMark(meta, persist);
  if (before && before.by !== by) throw new GradeportError('conflict', otherMark(to.shown, before.by));
  const mark = { by, at: new Date(clock()).toISOString() };
  await writeMongoMark(meta, persist, { ...mark, phase: 'load' });
  // This makes the collections, too: an empty one takes the place of a full one.
  await createDocumentIndexes({
    persist,
    shown: to.shown,
    collection: (name) => db.collection(`${INCOMING}${name}`),
  });
  let documents = 0;
  for (const name of collectionNames) {
    progress(`${name} …`);
    documents += await gather(staging, name, dump.documents(name));
  }
  if (lock.isLost())
    throw new GradeportError('conflict', `Another process took over ${to.shown}. Run it again.`);
  await writeMongoMark(meta, persist, { ...mark, phase: 'swap' });
  await standsIn(meta, persist, { version: dump.version, progress: null });
  await finishSwap(staging);
  return { folder, documents, version: dump.version };
}

const WHERE = 'name its address in GRADEPORT_STORE, or in the configuration.';
const otherMark = (shown: string, by: string): string =>
  `"gradeport ${by}" into ${shown} did not end: run it again with the Gradeport that began it, or give it up there.`;

/** Into a collection of its own, which an earlier attempt may have begun. */
async function gather(
  { persist, incoming }: Staging,
  name: CollectionName,
  documents: AsyncIterable<Raw>,
): Promise<number> {
  const target = incoming(name);
  await persist(() => target.deleteMany({}));
  let [count, page] = [0, [] as Raw[]];
  const put = async () => {
    const writes = page.map(({ _id, ...rest }) => ({
      replaceOne: { filter: { _id }, replacement: rest as Raw, upsert: true },
    }));
    if (writes.length > 0) await persist(() => target.bulkWrite(writes, { ordered: false }));
    count += page.length;
    page = [];
  };
  for await (const doc of documents) if (page.push(doc) === PAGE) await put();
  await put();
  const there = await persist(() => target.countDocuments({}));
  if (there !== count)
    throw new GradeportError(
      'internal',
      `Of ${count} documents of ${name}, ${there} arrived. Nothing was replaced.`,
    );
  return count;
}
