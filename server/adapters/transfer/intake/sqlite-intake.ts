/** Imports documents into a data folder: into a database in incoming/, which then takes the name of the old one. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type CollectionName, collectionNames } from '../../../model/collections.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { type Database, openDatabase } from '../../sqlite/database.ts';
import { explain, isBusy, isTaken } from '../../sqlite/errors.ts';
import { createFileBlobs } from '../../sqlite/file-blobs.ts';
import { type FolderLock, lockFolder } from '../../sqlite/folder/folder-lock.ts';
import { incomingFolder, readSqliteMark, syncEntry, writeSqliteMark } from '../../sqlite/folder/mark.ts';
import type { StoreRef } from '../store-ref.ts';
import { type Intake, type IntakeOptions, mayReplace, notEmpty } from './intake.ts';
import { docsIn, pagesIn } from './sqlite-pages.ts';

type SqliteRef = Extract<StoreRef, { kind: 'sqlite' }>;

export async function openSqliteIntake({ folder }: SqliteRef, options: IntakeOptions): Promise<Intake> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const clock = options.clock ?? Date.now;
  using undo = new DisposableStack();
  const lock = lockFolder(folder, clock);
  undo.defer(() => lock.release());
  const before = readSqliteMark(folder);
  if (before?.phase === 'swap') finishSwap(folder);
  const full = firstFull(folder);
  if (full !== null && !mayReplace(before, options)) throw notEmpty(folder, full);
  const mark = { by: options.by, at: new Date(clock()).toISOString() };
  writeSqliteMark(folder, { ...mark, phase: 'load' });
  const database = openDatabase(incomingFolder(folder));
  undo.defer(() => database.connection.isOpen && database.close());
  const open = undo.move();
  return {
    ...rowsOf(database, folder),
    blobs: createFileBlobs(folder),
    async swap() {
      intoOneFile(database.connection, folder);
      database.close();
      foldOld(folder);
      writeSqliteMark(folder, { ...mark, phase: 'swap' });
      finishSwap(folder);
    },
    async close() {
      if (!open.disposed) open.dispose();
    },
  };
}

function rowsOf(database: Database, folder: string): Pick<Intake, 'page' | 'brought' | 'put' | 'remove'> {
  /** All of the work or none; SQLite's own words become a sentence. */
  function transact(work: () => void): void {
    const { connection } = database;
    try {
      connection.exec('BEGIN IMMEDIATE');
      work();
      connection.exec('COMMIT');
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK');
      throw isTaken(error) ? takenTwice(error) : explain(error, folder);
    }
  }

  return {
    page: pagesIn(database),
    async brought(name, ids) {
      const text = `SELECT doc FROM ${name} WHERE id IN (SELECT value FROM json_each(?))`;
      return docsIn(name, database.prepare(text).all(JSON.stringify(ids)));
    },
    async put(name, docs) {
      const insert = database.prepare(
        `INSERT INTO ${name} (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`,
      );
      transact(() => {
        for (const doc of docs) insert.run(doc.id, JSON.stringify(doc));
      });
    },
    async remove(name, ids) {
      const remove = database.prepare(`DELETE FROM ${name} WHERE id = ?`);
      transact(() => {
        for (const id of ids) remove.run(id);
      });
    },
  };
}

const takenTwice = (cause: unknown): GradeportError =>
  new GradeportError(
    'conflict',
    'Two documents have the same unique key. If they changed since an attempt that did not end, give that up with ' +
      '"gradeport store abandon", then try again.',
    { cause },
  );

/** The first collection that holds something; null: an empty store, or none. */
function firstFull(folder: string): CollectionName | null {
  if (!existsSync(join(folder, 'gradeport.db'))) return null;
  const database = openDatabase(folder);
  try {
    const isFull = (name: CollectionName) =>
      database.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get() !== undefined;
    return collectionNames.find(isFull) ?? null;
  } finally {
    database.close();
  }
}

/** Folds in the log, which would not move with the file. Fails while another program has the database open. */
function intoOneFile(connection: DatabaseSync, folder: string): void {
  try {
    connection.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    if (!isBusy(error)) throw explain(error, folder);
    const message = `Another program uses the database in ${folder}: end it, then run this again.`;
    throw new GradeportError('busy', message, { cause: error });
  }
}

/** A log that is left beside the name would be taken for the new database's. */
function foldOld(folder: string): void {
  const file = join(folder, 'gradeport.db');
  if (!existsSync(file)) return;
  using old = new DatabaseSync(file, { timeout: 5000 });
  intoOneFile(old, folder);
}

/** Each step may happen twice. */
function finishSwap(folder: string): void {
  const brought = join(incomingFolder(folder), 'gradeport.db');
  if (existsSync(brought)) {
    syncEntry(brought);
    renameSync(brought, join(folder, 'gradeport.db'));
    syncEntry(folder);
  }
  rmSync(incomingFolder(folder), { recursive: true, force: true });
  syncEntry(folder);
}

export function abandonSqliteIntake({ folder }: SqliteRef): { by: string; ended: boolean } | null {
  if (!existsSync(incomingFolder(folder))) return null;
  const lock: FolderLock = lockFolder(folder, Date.now);
  try {
    const mark = markOrUnreadable(folder);
    if (mark?.phase === 'swap') finishSwap(folder);
    // The mark is the last to go: what is left of a removal that was killed is recognised.
    for (const end of ['', '-wal', '-shm', '-journal'])
      rmSync(join(incomingFolder(folder), `gradeport.db${end}`), { force: true });
    rmSync(incomingFolder(folder), { recursive: true, force: true });
    return { by: mark?.by ?? 'an unknown command', ended: mark?.phase === 'swap' };
  } finally {
    lock.release();
  }
}

function markOrUnreadable(folder: string) {
  try {
    return readSqliteMark(folder);
  } catch {
    return null;
  }
}
