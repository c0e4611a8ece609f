/** Migrates an older data folder. A page of documents and its progress are written in one transaction. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  isBehind,
  isOlder,
  type MigrationPlace,
  migrate,
  type Page,
  type Standing,
} from '../migrations/migrate.ts';
import { CURRENT_SCHEMA, type Schema } from '../migrations/migrations.ts';
import { explain } from './errors.ts';
import { syncEntry } from './folder/mark.ts';

const PAGE = 200;
const DEFINITIONS = `CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS migration (step INTEGER NOT NULL, after TEXT NOT NULL)`;

/** Only for the holder of the folder's lock. */
export async function migrateSqlite(
  folder: string,
  clock: () => number,
  schema: Schema = CURRENT_SCHEMA,
): Promise<void> {
  if (!existsSync(join(folder, 'gradeport.db'))) return;
  try {
    using connection = new DatabaseSync(join(folder, 'gradeport.db'), { timeout: 5000 });
    const standing = standingIn(connection);
    // A newer schema is refused where the store is opened.
    if (standing !== null && isBehind(standing, schema))
      await migrate(placeIn(connection, folder, clock), schema);
  } catch (error) {
    throw explain(error, folder);
  }
}

/** @throws GradeportError "conflict" where documents are not up to date */
export function refuseOlder(connection: DatabaseSync, folder: string, schema: Schema): void {
  const standing = standingIn(connection);
  if (standing !== null && isBehind(standing, schema))
    throw isOlder(`the data folder ${folder}`, standing, schema);
}

/** null: the file is empty. */
function standingIn(connection: DatabaseSync): Standing | null {
  const rowOf = (table: string) =>
    hasTable(connection, table) ? connection.prepare(`SELECT * FROM ${table}`).get() : undefined;
  const version = rowOf('schema_version');
  const progress = rowOf('migration');
  return version === undefined
    ? null
    : {
        version: Number(version['version']),
        progress: progress ? { step: Number(progress['step']), after: String(progress['after']) } : null,
      };
}

const hasTable = (connection: DatabaseSync, name: string): boolean =>
  connection.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(name) !== undefined;

function placeIn(connection: DatabaseSync, folder: string, clock: () => number): MigrationPlace {
  function inTransaction(work: () => void): void {
    connection.exec('BEGIN IMMEDIATE');
    try {
      work();
      connection.exec('COMMIT');
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  }

  function keep({ version, progress }: Standing): void {
    connection.exec(DEFINITIONS);
    connection.prepare('UPDATE schema_version SET version = ?').run(version);
    connection.exec('DELETE FROM migration');
    if (progress)
      connection.prepare('INSERT INTO migration VALUES (?, ?)').run(progress.step, progress.after);
  }

  function changePage({ version, collection, from, change }: Page): string | null {
    if (!hasTable(connection, collection)) return null;
    const page = connection.prepare(`SELECT id, doc FROM ${collection} WHERE id > ? ORDER BY id LIMIT ?`);
    const rows = page.all(from.after, PAGE);
    const last = rows.at(-1)?.['id'];
    if (typeof last !== 'string') return null;
    inTransaction(() => {
      const write = connection.prepare(`UPDATE ${collection} SET doc = ? WHERE id = ?`);
      for (const { id, doc } of rows) write.run(JSON.stringify(change(JSON.parse(String(doc)))), String(id));
      keep({ version, progress: { step: from.step, after: last } });
    });
    return last;
  }

  return {
    shown: `the data folder ${folder}`,
    standing: async () => standingIn(connection) ?? { version: 0, progress: null },
    stand: async (standing) => inTransaction(() => keep(standing)),
    changePage: async (page) => changePage(page),
    backup: async () => backUp(connection, folder, clock),
  };
}

/** Uploads are left out: no migration touches them, and they are named by their content. */
function backUp(connection: DatabaseSync, folder: string, clock: () => number): string {
  const place = join(folder, 'backups');
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const version = standingIn(connection)?.version ?? 0;
  const stamp = new Date(clock()).toISOString().replaceAll(/[:.]/g, '-');
  const file = join(place, `gradeport-schema-${version}-${stamp}.db`);
  const draft = `${file}.part`;
  rmSync(draft, { force: true });
  // The backup holds password hashes, so it is made unreadable for others; SQLite fills a file that is empty.
  closeSync(openSync(draft, 'ax', 0o600));
  connection.prepare('VACUUM INTO ?').run(draft);
  syncEntry(draft);
  renameSync(draft, file);
  syncEntry(place);
  return file;
}
