/** A store to read from: locked for a copy, beside its server for a backup. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GradeportError } from '../../rules/errors.ts';
import { openDatabase } from '../sqlite/database.ts';
import { explain } from '../sqlite/errors.ts';
import { createFileBlobs } from '../sqlite/file-blobs.ts';
import { refuseHalfDone } from '../sqlite/folder/mark.ts';
import { openSqliteStore } from '../sqlite/open.ts';
import { pagesIn } from './intake/sqlite-pages.ts';
import { misfit, type Source, sourceOf } from './source.ts';
import type { StoreRef } from './store-ref.ts';

/** The source holds the server's lock, so that nothing changes until it is closed. */
export async function openLockedSource(ref: StoreRef): Promise<Source> {
  await refuseMissing(ref);
  if (ref.kind === 'sqlite') return sourceOf(await openSqliteStore(ref.folder));
  const { openMongoStore } = await import('../mongo/open.ts');
  return sourceOf(await openMongoStore(ref.url));
}

/**
 * Opens a source beside a server. SQLite's pages show one moment. MongoDB would need a replica set for that: each of
 * its pages shows its own moment, and what a batch wrote is always complete.
 */
export async function openLiveSource(ref: StoreRef): Promise<Source> {
  await refuseMissing(ref);
  if (ref.kind === 'sqlite') return openSnapshot(ref.folder);
  const { openMongoStore } = await import('../mongo/open.ts');
  return sourceOf(await openMongoStore(ref.url, { lock: false }));
}

/** A transaction that reads sees the moment in which it began, and holds up no writer. */
function openSnapshot(folder: string): Source {
  refuseHalfDone(folder);
  const database = openDatabase(folder);
  try {
    database.connection.exec('BEGIN');
    database.prepare('SELECT count(*) FROM users').get();
  } catch (error) {
    database.close();
    throw explain(error, folder);
  }
  const page = pagesIn(database);
  return {
    blobs: createFileBlobs(folder),
    page: (...of) =>
      page(...of).catch((error: unknown) => {
        throw misfit(explain(error, folder));
      }),
    async close() {
      if (database.connection.isOpen) database.close();
    },
  };
}

/** Opening a store creates it: a mistyped name would become an empty installation. */
export async function refuseMissing(ref: StoreRef): Promise<void> {
  if (await isThere(ref)) return;
  const message = `There is no store of Gradeport in ${ref.shown}: correct the name, or see --data.`;
  throw new GradeportError('not-found', message);
}

async function isThere(ref: StoreRef): Promise<boolean> {
  if (ref.kind === 'sqlite') return existsSync(join(ref.folder, 'gradeport.db'));
  const { hasMongoStore } = await import('../mongo/connection/peek.ts');
  return hasMongoStore(ref.url);
}
