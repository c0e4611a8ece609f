/** What only SQLite has: its own check of the file, its indexes, and uploads that were never finished. */
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { declaredIndexes } from '../sqlite/database.ts';
import { explain } from '../sqlite/errors.ts';
import type { StoreState } from '../sqlite/examine.ts';
import { examineStore } from '../sqlite/examine.ts';
import { draftsOf } from '../sqlite/file-blobs.ts';
import { readSqliteMark } from '../sqlite/folder/mark.ts';
import { type Finding, fault, fine, named, warning } from './finding.ts';
import { halfDoneFinding, indexFinding, schemaFinding } from './findings.ts';

const RESTORE = 'Stop the server and restore a backup: gradeport store restore <file> --replace';
const DAY_MS = 24 * 3_600_000;

/** @returns whether documents can be checked, too */
export async function checkSqlite(
  folder: string,
  { repair, now }: { repair: boolean; now: number },
): Promise<{ findings: Finding[]; isReadable: boolean }> {
  const mark = readSqliteMark(folder);
  if (mark) return { findings: [halfDoneFinding(folder, mark)], isReadable: false };
  const state = examineStore(folder);
  if (state === null) throw new TypeError('There is no store.');
  const findings = [damageFinding(state), schemaFinding(state.schema)];
  const isReadable = findings.every(({ state }) => state !== 'fail');
  if (!isReadable) return { findings, isReadable };
  const missing = missingIndexes(folder);
  if (repair) createIndexes(folder, missing);
  findings.push(indexFinding(missing, repair), await draftFinding(folder, { repair, now }));
  return { findings, isReadable };
}

const damageFinding = ({ damages }: StoreState): Finding =>
  damages.length === 0
    ? fine('database', 'SQLite finds no damage.')
    : fault('database', `It is damaged: ${damages.join('; ')}.`, RESTORE);

/** The indexes that are missing, or differ from those that this Gradeport uses. */
export function missingIndexes(folder: string): string[] {
  try {
    using database = new DatabaseSync(join(folder, 'gradeport.db'), { readOnly: true, timeout: 5000 });
    const rows = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index'").all();
    const there = new Map(rows.map(({ name, sql }) => [String(name), String(sql)]));
    return declaredIndexes()
      .filter(({ name, on }) => there.get(name)?.endsWith(` ${on}`) !== true)
      .map(({ name }) => name);
  } catch (error) {
    throw explain(error, folder);
  }
}

function createIndexes(folder: string, names: readonly string[]): void {
  if (names.length === 0) return;
  try {
    using database = new DatabaseSync(join(folder, 'gradeport.db'), { timeout: 5000 });
    for (const { name, sql } of declaredIndexes().filter((index) => names.includes(index.name)))
      database.exec(`BEGIN IMMEDIATE; DROP INDEX IF EXISTS "${name}"; ${sql}; COMMIT`);
  } catch (error) {
    throw explain(error, folder);
  }
}

/** Finds unfinished uploads; a server deletes them when it starts. */
async function draftFinding(
  folder: string,
  { repair, now }: { repair: boolean; now: number },
): Promise<Finding> {
  const drafts = draftsOf(folder);
  const old: string[] = [];
  for (const name of existsSync(drafts) ? await readdir(drafts) : []) {
    const found = await stat(join(drafts, name)).catch(() => null);
    if (found && now - found.mtimeMs > DAY_MS) old.push(name);
  }
  if (repair) for (const name of old) await rm(join(drafts, name), { force: true });
  if (old.length === 0) return fine('unfinished uploads', 'None is older than a day.');
  if (repair) return fine('unfinished uploads', `${old.length} older than a day were removed.`);
  const sentence = `${old.length} are older than a day: ${named(old)}.`;
  return warning('unfinished uploads', sentence, 'gradeport store check --repair removes them.');
}
