/** The embedded store: one SQLite file and a folder of blobs, in one data folder. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { collections } from './collections.ts';
import { createFileBlobs } from './file-blobs.ts';
import { lockFolder } from './folder-lock.ts';
import type { Collection, Store } from './port.ts';
import { createCollection } from './sqlite-collection.ts';
import { openDatabase } from './sqlite-database.ts';
import { explain } from './sqlite-errors.ts';
import { createWriter } from './sqlite-writer.ts';

export type SqliteOptions = {
  clock?: () => number;
  /**
   * false: for a command beside a running server. Every write is still one transaction; the lock only
   * keeps a second server away, which would grade the same queue.
   */
  lock?: boolean;
};

export async function openSqliteStore(folder: string, options: SqliteOptions = {}): Promise<Store> {
  const place = resolve(folder);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  using undo = new DisposableStack();
  const lock = options.lock === false ? null : lockFolder(place, options.clock ?? Date.now);
  undo.defer(() => lock?.release());
  const database = openDatabase(place);
  undo.defer(() => database.close());
  const explainHere = (error: unknown): unknown => explain(error, place);
  const writer = createWriter(database.connection, explainHere);
  undo.defer(() => writer.flush());
  const open = undo.move();

  type Spec<T> = { schema: z.ZodObject & z.ZodType<T>; indexes: readonly { paths: readonly string[] }[] };
  const collection = <T extends { id: string }>(name: string, { schema, indexes }: Spec<T>): Collection<T> =>
    createCollection(database, writer, {
      name,
      written: schema.strict() as unknown as z.ZodType<T>,
      read: schema,
      indexes,
    });
  return {
    users: collection('users', collections.users),
    sessions: collection('sessions', collections.sessions),
    submissions: collection('submissions', collections.submissions),
    runs: collection('runs', collections.runs),
    blobs: createFileBlobs(place),
    async close() {
      open.dispose();
    },
  };
}
