/** Looks at a MongoDB store without changing anything in it, beside a server that uses it or without one. */
import { SCHEMA_VERSION } from '../../../model/schema-version.ts';
import type { Mark } from '../../documents/mark.ts';
import { NOTHING_STORED, type StoredAmounts } from '../../documents/stored-amounts.ts';
import { type Peek, peek } from '../connection/peek.ts';
import { metaOf } from '../meta.ts';
import { missingIndexes } from './indexes.ts';
import { readMongoMark } from './mark.ts';
import { standingIn } from './schema-version.ts';

export type MongoState = {
  shown: string;
  /** The server's version. */
  version: string;
  /** null: the database is empty, or not Gradeport's. */
  schema: number | null;
  /** The newest version that this Gradeport can read. */
  known: number;
  mark: Mark | null;
  /** Names of indexes, with their collections. */
  missingIndexes: string[];
  runs: number;
  /** ISO 8601: when the newest graded run was submitted. */
  lastRunAt: string | null;
  amounts: StoredAmounts;
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
    known: SCHEMA_VERSION,
    mark: await readMongoMark(meta, persist),
    missingIndexes:
      schema === null
        ? []
        : await missingIndexes({ persist, shown, collection: (name) => db.collection(name) }),
    runs: await persist(() => runs.estimatedDocumentCount()),
    lastRunAt: typeof at === 'string' ? at : null,
    amounts: await amountsIn({ db, persist }),
  };
}

async function amountsIn({ db, persist }: Pick<Peek, 'db' | 'persist'>): Promise<StoredAmounts> {
  const amounts = db.collection<{ _id: string; bytes: number }>('amounts');
  const users = db.collection<{ _id: string; name: string }>('users');
  const sum = { $group: { _id: null, bytes: { $sum: '$bytes' } } };
  const [all] = await persist(() => amounts.aggregate<{ bytes: number }>([sum]).toArray());
  const [largest] = await persist(() => amounts.find().sort({ bytes: -1 }).limit(1).toArray());
  if (!all || !largest) return NOTHING_STORED;
  const user = await persist(() => users.findOne({ _id: largest._id }));
  return {
    bytes: all.bytes,
    largest: { user: user?.name ?? largest._id, bytes: largest.bytes },
  };
}
