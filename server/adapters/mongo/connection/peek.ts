/** Looks into a database without making anything in it. */
import type { mongo } from 'mongoose';
import { metaOf } from '../meta.ts';
import { standingIn } from '../upkeep/schema-version.ts';
import { connect } from './connection.ts';
import { createPersist, type Persist } from './persist.ts';
import { readMongoUrl } from './url.ts';

const PATIENCE_MS = 3000;

export type Peek = { db: mongo.Db; persist: Persist; shown: string };

export async function peek<T>(url: string, look: (at: Peek) => Promise<T>): Promise<T> {
  const address = readMongoUrl(url);
  const connection = await connect(address);
  try {
    const { db } = connection;
    if (!db) throw new TypeError('The connection is not open.');
    const persist = createPersist(address.shown, PATIENCE_MS, new AbortController().signal);
    return await look({ db, persist, shown: address.shown });
  } finally {
    await connection.close();
  }
}

/** Whether Gradeport ever wrote to it. */
export const hasMongoStore = (url: string): Promise<boolean> =>
  peek(url, async ({ db, persist }) => (await standingIn(metaOf({ connection: { db } }), persist)) !== null);
