/** Looks at a MongoDB store without changing anything in it, beside a server that uses it or without one. */
import { SCHEMA_VERSION } from '../../../model/schema-version.ts';
import type { Mark } from '../../documents/mark.ts';
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
  };
}
