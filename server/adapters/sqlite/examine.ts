/** Looks at a store without changing anything in it, beside a server that uses it or without one. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SCHEMA_VERSION } from '../../model/schema-version.ts';
import { NOTHING_STORED, type StoredAmounts } from '../documents/stored-amounts.ts';
import { explain } from './errors.ts';
import { indexedValue } from './filter.ts';

export type StoreState = {
  bytes: number;
  /** The schema of the file, and the newest that this Gradeport can read. */
  schema: number;
  known: number;
  /** What SQLite's own check finds; empty: nothing. */
  damages: string[];
  runs: number;
  /** ISO 8601: when the newest graded run was submitted. */
  lastRunAt: string | null;
  amounts: StoredAmounts;
};

/** Answered by an index, however many runs there are. */
const NEWEST = `SELECT max(${indexedValue('queuedAt')}) AS at FROM runs WHERE ${indexedValue('state')} = 'done'`;
const LARGEST = `SELECT coalesce(
    (SELECT ${indexedValue('name')} FROM users WHERE users.id = amounts.id), amounts.id) AS user,
  ${indexedValue('bytes')} AS most FROM amounts ORDER BY most DESC LIMIT 1`;
/** A person would not read more. */
const MOST_DAMAGES = 5;

/** null: there is no store yet. Fails with a sentence where a store cannot be opened. */
export function examineStore(folder: string): StoreState | null {
  const file = join(folder, 'gradeport.db');
  if (!existsSync(file)) return null;
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    const ask = (text: string): Record<string, unknown> => database.prepare(text).get() ?? {};
    const found = database.prepare(`PRAGMA quick_check(${MOST_DAMAGES})`).all();
    const said = found.map((row) => String(row['quick_check']));
    return {
      bytes: statSync(file).size,
      schema: Number(ask('SELECT version FROM schema_version')['version']),
      known: SCHEMA_VERSION,
      damages: said.filter((line) => line !== 'ok'),
      runs: Number(ask('SELECT count(*) AS n FROM runs')['n']),
      lastRunAt: textOf(ask(NEWEST)['at']),
      amounts: amountsIn(ask),
    };
  } catch (error) {
    throw explain(error, folder);
  }
}

/** A store of an older version has no sums yet. */
function amountsIn(ask: (text: string) => Record<string, unknown>): StoredAmounts {
  if (Number(ask("SELECT count(*) AS n FROM sqlite_master WHERE name = 'amounts'")['n']) === 0)
    return NOTHING_STORED;
  const { user, most } = ask(LARGEST);
  return {
    bytes: Number(ask(`SELECT total(${indexedValue('bytes')}) AS n FROM amounts`)['n']),
    largest: textOf(user) === null ? null : { user: String(user), bytes: Number(most) },
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
