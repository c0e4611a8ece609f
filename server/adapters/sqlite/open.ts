/** The embedded store: one SQLite file and a folder of blobs, in one data folder. */
import { resolve } from 'node:path';
import type { z } from 'zod';
import { type CollectionName, collections, type Documents } from '../../model/collections.ts';
import type { Step, Store } from '../../ports/store.ts';
import { checkSteps } from '../documents/check-document.ts';
import { valueAt } from '../documents/field-path.ts';
import type { Schema } from '../migrations/migrations.ts';
import { createCollection, type InTransaction } from './collection.ts';
import { type Database, openDatabase } from './database.ts';
import { explain } from './errors.ts';
import { clearDrafts, createFileBlobs } from './file-blobs.ts';
import { makeDataFolder } from './folder/data-folder.ts';
import { lockFolder } from './folder/folder-lock.ts';
import { watchForeignChanges } from './folder/foreign.ts';
import { refuseHalfDone } from './folder/mark.ts';
import { migrateSqlite } from './migrate.ts';
import { createWriter, type Writer } from './writer.ts';

export type SqliteOptions = {
  clock?: () => number;
  /**
   * false: for a command beside a running server. Every write is still one transaction; the lock only
   * keeps a second server away, which would grade the same queue.
   */
  lock?: boolean;
  /** For tests: the schema that documents are migrated to. */
  schema?: Schema;
};

type Spec<T> = {
  schema: z.ZodType<T> & { strict(): z.ZodType<T> };
  indexes: readonly { paths: readonly string[] }[];
};

export async function openSqliteStore(folder: string, options: SqliteOptions = {}): Promise<Store> {
  const place = resolve(folder);
  makeDataFolder(place);
  using undo = new DisposableStack();
  if (options.lock !== false) {
    const lock = lockFolder(place, options.clock ?? Date.now);
    undo.defer(() => lock.release());
    await clearDrafts(place);
  }
  refuseHalfDone(place);
  if (options.lock !== false) await migrateSqlite(place, options.clock ?? Date.now, options.schema);
  const database = openDatabase(place, options.schema);
  undo.defer(() => database.close());
  // Most transactions of commands beside the server are shorter; writer.ts waits for others without blocking.
  database.connection.exec('PRAGMA busy_timeout = 5');
  const explainHere = (error: unknown): unknown => explain(error, place);
  const writer = createWriter(database.connection, explainHere, database.sync);
  const changes = watchForeignChanges(database);
  const open = undo.move();

  const all = openCollections(database, writer);
  const store: Store = {
    ...all,
    blobs: createFileBlobs(place),
    async batch(steps, { mayBeLost = false } = {}) {
      checkSteps(steps);
      const works = steps.map((step, at) => workOf(all, step, at === 0));
      // A precondition that is not met leaves nothing to undo: it belongs to the first step.
      return writer.write(() => works.every((work) => work()), mayBeLost);
    },
    async getWith({ from, id, by, to }) {
      const doc = await all[from].get(id);
      if (doc === null) return null;
      const key = valueAt(doc, by);
      return { doc, linked: typeof key === 'string' ? await all[to].get(key) : null };
    },
    // A file is never away.
    patient: () => store,
    settled: writer.settled,
    onForeignChange: changes.listen,
    async close() {
      if (open.disposed) return;
      changes.close();
      await writer.settled();
      open.dispose();
    },
  };
  return store;
}

type Collections = { [N in CollectionName]: ReturnType<typeof createCollection<Documents[N]>> };

function openCollections(database: Database, writer: Writer): Collections {
  const collection = <T extends { id: string }>(name: string, { schema, indexes }: Spec<T>) =>
    createCollection(database, writer, { name, written: schema.strict(), read: schema, indexes });
  return {
    users: collection('users', collections.users),
    sessions: collection('sessions', collections.sessions),
    secondFactors: collection('secondFactors', collections.secondFactors),
    submissions: collection('submissions', collections.submissions),
    runs: collection('runs', collections.runs),
    groups: collection('groups', collections.groups),
    teammates: collection('teammates', collections.teammates),
    revisions: collection('revisions', collections.revisions),
    currents: collection('currents', collections.currents),
    pins: collection('pins', collections.pins),
    settings: collection('settings', collections.settings),
    amounts: collection('amounts', collections.amounts),
    ltiNonces: collection('ltiNonces', collections.ltiNonces),
    ltiLaunches: collection('ltiLaunches', collections.ltiLaunches),
    gradeReturns: collection('gradeReturns', collections.gradeReturns),
  };
}

/** @returns the work of a step within the transaction, which returns false when the precondition is not met */
function workOf(all: Collections, step: Step, isFirst: boolean): () => boolean {
  // The step's own types tie document and collection; TypeScript loses that where the name is looked up.
  const within = all[step.collection].within as InTransaction<{ id: string }>;
  if ('insert' in step) {
    const insert = within.insert(step.insert, !isFirst);
    return () => {
      insert();
      return true;
    };
  }
  const filter = { ...step.where, id: step.id };
  return () => within.change(filter, step.change) || !isFirst;
}
