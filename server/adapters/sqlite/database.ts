/** The database file: opened durably, with its tables and indexes; statements are prepared once. */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { collectionNames, collections } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import { CURRENT_SCHEMA, type Schema } from '../migrations/migrations.ts';
import { explain } from './errors.ts';
import { indexedValue } from './filter.ts';
import { refuseOlder } from './migrate.ts';

/** How long SQLite waits for another process's transaction, in ms. It blocks the event loop: a server sets less. */
const BUSY_TIMEOUT_MS = 5000;

export type Database = {
  connection: DatabaseSync;
  /** Prepares each text once: texts carry no values, so there are few. */
  prepare(text: string): StatementSync;
  /** Waits, in a thread of its own, until every transaction that was committed before is on disk. */
  sync(): Promise<void>;
  close(): void;
};

export function openDatabase(folder: string, schema: Schema = CURRENT_SCHEMA): Database {
  const file = join(folder, 'gradeport.db');
  // Created by us, not by SQLite: it holds password hashes, so no other user may read it.
  closeSync(openSync(file, 'a', 0o600));
  const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    setUp(connection, folder, schema);
  } catch (error) {
    connection.close();
    throw explain(error, folder);
  }
  const statements = new Map<string, StatementSync>();
  // The log stays the same file as long as a connection is open.
  const log = openSync(`${file}-wal`, 'r');
  return {
    connection,
    prepare(text) {
      const known = statements.get(text) ?? connection.prepare(text);
      statements.set(text, known);
      return known;
    },
    sync: () => syncData(log),
    close() {
      connection.close();
      closeSync(log);
    },
  };
}

const syncData = promisify(fdatasync);

function setUp(connection: DatabaseSync, folder: string, schema: Schema): void {
  // NORMAL: a commit is in the log, which is on disk before anything of it is written back; when it must be there
  // sooner, sync() waits for it beside other work, where FULL would stand still. docs/decisions/0023.
  // The limit gives the disk back after a peak.
  connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = ${64 * 2 ** 20}; PRAGMA temp_store = MEMORY`);
  connection.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  checkVersion(connection, folder, schema);
  for (const statement of definitions()) connection.exec(statement);
  for (const name of supersededIndexes(connection))
    connection.exec(`DROP INDEX "${name.replaceAll('"', '""')}"`);
  connection.exec('COMMIT');
}

function checkVersion(connection: DatabaseSync, folder: string, schema: Schema): void {
  const found = connection.prepare('SELECT version FROM schema_version').get()?.['version'];
  if (found === undefined) {
    connection.prepare('INSERT INTO schema_version VALUES (?)').run(schema.version);
  } else if (Number(found) > schema.version) {
    throw new GradeportError(
      'conflict',
      `The data folder ${folder} was written by a newer Gradeport (schema ${found}; this one knows ` +
        `${schema.version}). Start that version, or choose another folder with --data.`,
    );
  } else {
    refuseOlder(connection, folder, schema);
  }
}

function* definitions(): Generator<string> {
  for (const name of collectionNames)
    yield `CREATE TABLE IF NOT EXISTS ${name} (id TEXT PRIMARY KEY NOT NULL, doc TEXT NOT NULL) STRICT`;
  for (const { sql } of declaredIndexes()) yield sql;
}

/** Indexes of an older Gradeport: each write would go on to keep them, and SQLite might prefer one that knows less. */
function supersededIndexes(connection: DatabaseSync): string[] {
  const declared = new Set(declaredIndexes().map(({ name }) => name));
  const found = connection.prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`);
  return found
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !declared.has(name));
}

/** on: the part after the name, which is the same in SQLite's own list of indexes. */
export function declaredIndexes(): { name: string; on: string; sql: string }[] {
  return Object.entries(collections).flatMap(([collection, { indexes }]) =>
    indexes.map((index) => {
      const name = indexName(collection, index.paths);
      const on = `ON ${collection} (${index.paths.map(indexedValue).join(', ')})`;
      const unique = 'unique' in index ? 'UNIQUE ' : '';
      return { name, on, sql: `CREATE ${unique}INDEX IF NOT EXISTS "${name}" ${on}` };
    }),
  );
}

/** Also what SQLite names in its message when a unique index refuses a document. */
export const indexName = (collection: string, paths: readonly string[]): string =>
  `${collection}_${paths.join('_')}`;
