/** Looks at a MongoDB store without changing anything in it, beside a server that uses it or without one. */
import { mongo } from 'mongoose';
import { collectionNames } from '../collections.ts';
import type { Mark } from '../transfer/mark.ts';
import { BLOB_INDEX } from './grid-blobs.ts';
import { indexesOf } from './indexes.ts';
import { readMongoMark } from './mark.ts';
import { metaOf } from './meta.ts';
import { type Peek, peek } from './peek.ts';
import { standingIn } from './schema-version.ts';

export type MongoState = {
  shown: string;
  /** Of the server. */
  version: string;
  /** null: the database is empty, or not Gradeport's. */
  schema: number | null;
  mark: Mark | null;
  /** Names of indexes, with their collections. */
  missingIndexes: string[];
  runs: number;
  /** ISO 8601: when the newest run that was graded came in. */
  lastRunAt: string | null;
};

export const examineMongo = (url: string): Promise<MongoState> => peek(url, look);

async function look({ db, persist, shown }: Peek): Promise<MongoState> {
  const meta = metaOf({ connection: { db } });
  const schema = (await standingIn(meta, persist))?.version ?? null;
  const { version } = await persist(() => db.command({ buildInfo: 1 }));
  const runs = db.collection('runs');
  const newest = await persist(() =>
    runs
      .find({ state: 'done' }, { projection: { queuedAt: 1 } })
      .sort({ queuedAt: -1 })
      .limit(1)
      .toArray(),
  );
  const at: unknown = newest[0]?.['queuedAt'];
  return {
    shown,
    version: String(version),
    schema,
    mark: await readMongoMark(meta, persist),
    missingIndexes: schema === null ? [] : await missingIndexes({ db, persist, shown }),
    runs: await persist(() => runs.estimatedDocumentCount()),
    lastRunAt: typeof at === 'string' ? at : null,
  };
}

type Wanted = { collection: string; name: string; key: Readonly<Record<string, 1>>; unique?: boolean };

async function missingIndexes({ db, persist }: Peek): Promise<string[]> {
  const declared: Wanted[] = [
    ...collectionNames.flatMap((collection) =>
      indexesOf(collection).map((index) => ({ collection, ...index })),
    ),
    { collection: 'blobs.files', ...BLOB_INDEX },
  ];
  const missing: string[] = [];
  for (const collection of new Set(declared.map((index) => index.collection))) {
    const there = await persist(() => listIndexes(db, collection));
    const own = declared.filter((index) => index.collection === collection);
    missing.push(
      ...own.filter((index) => !there.some(isLike(index))).map(({ name }) => `${collection}.${name}`),
    );
  }
  return missing;
}

const isLike =
  ({ name, key, unique }: Wanted) =>
  (found: Record<string, unknown>): boolean =>
    found['name'] === name &&
    JSON.stringify(found['key']) === JSON.stringify(key) &&
    (found['unique'] === true) === (unique === true);

async function listIndexes(db: mongo.Db, collection: string): Promise<Record<string, unknown>[]> {
  try {
    return await db.collection(collection).listIndexes().toArray();
  } catch (error) {
    if (error instanceof mongo.MongoServerError && error.code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}
const NAMESPACE_NOT_FOUND = 26;
