/** One collection: a table of JSON documents, checked by their schema on the way in and on the way out. */
import type { z } from 'zod';
import type { Change, Collection, Filter, FindOptions } from '../../ports/store.ts';
import type { GradeportError } from '../../rules/errors.ts';
import { checkDocument as check, taken } from '../documents/check-document.ts';
import { applyChange } from './change.ts';
import { type Database, indexName } from './database.ts';
import { isTaken } from './errors.ts';
import { createTranslator } from './filter.ts';
import type { Fragment } from './fragment.ts';
import { createStatements } from './statements.ts';
import type { Writer } from './writer.ts';

export type CollectionSpec<T> = {
  name: string;
  /** Refuses unknown keys: a mistyped path in a change must not vanish. */
  written: z.ZodType<T>;
  /** Fills in defaults and drops unknown keys: documents of an older or newer Gradeport stay readable. */
  read: z.ZodType<T>;
  indexes: readonly { paths: readonly string[] }[];
};

/** What a batch does within its transaction. */
export type InTransaction<T> = {
  /** @returns the work; the document is checked at once */
  insert(doc: T, orLeave: boolean): () => void;
  /** false: there is no such document, or it does not meet the filter. */
  change(filter: Filter, wanted: Change): boolean;
};

export function createCollection<T extends { id: string }>(
  database: Database,
  writer: Writer,
  { name, written, read, indexes }: CollectionSpec<T>,
): Collection<T> & { within: InTransaction<T> } {
  const translate = createTranslator(new Set(indexes.flatMap((index) => index.paths)));
  const toDocument = (row: Row): T => check(`${name}/${row['id']}`, read, JSON.parse(String(row['doc'])));
  const statements = createStatements(name, translate, named(name, indexes));
  const rows = ({ text, params }: Fragment): Row[] => database.prepare(text).all(...params);
  const select = (filter: Filter, options: FindOptions = {}) => rows(statements.select(filter, options));

  const write = (text: string, ...params: string[]) =>
    writeRow(database, { name, indexes }, { text, params });

  function change(row: Row, wanted: Change): T {
    const doc = check(`${name}/${row['id']}`, written, applyChange(toDocument(row), wanted));
    if (doc.id !== row['id']) throw new TypeError(`A document of ${name} cannot change its id.`);
    const text = JSON.stringify(doc);
    if (text !== row['doc']) write(`UPDATE ${name} SET doc = ? WHERE id = ?`, text, doc.id);
    return doc;
  }

  async function find(filter: Filter, options?: FindOptions): Promise<T[]> {
    return select(filter, options).map(toDocument);
  }

  function insertion(doc: T, orLeave: boolean): () => void {
    const checked = check(`${name}/${doc.id}`, written, doc);
    const text = JSON.stringify(checked);
    const verb = orLeave ? 'INSERT OR IGNORE' : 'INSERT';
    return () => write(`${verb} INTO ${name} (id, doc) VALUES (?, ?)`, checked.id, text);
  }

  function changeOne(filter: Filter, wanted: Change): T | null {
    const row = select(filter, { limit: 1 })[0];
    return row ? change(row, wanted) : null;
  }

  return {
    within: { insert: insertion, change: (filter, wanted) => changeOne(filter, wanted) !== null },
    find,
    async insert(doc, { mayBeLost = false } = {}) {
      await writer.write(insertion(doc, false), mayBeLost);
    },
    async get(id) {
      const row = database.prepare(`SELECT id, doc FROM ${name} WHERE id = ?`).get(id);
      return row ? toDocument(row) : null;
    },
    async findOne(filter, options) {
      return (await find(filter, { ...options, limit: 1 }))[0] ?? null;
    },
    update: (filter, wanted, { mayBeLost = false } = {}) =>
      writer.write(() => changeOne(filter, wanted), mayBeLost),
    updateMany: (filter, wanted) =>
      writer.write(() => select(filter).map((row) => change(row, wanted)).length),
    remove: (filter) =>
      writer.write(() => {
        const where = translate.where(filter);
        const result = database.prepare(`DELETE FROM ${name} WHERE ${where.text}`).run(...where.params);
        return Number(result.changes);
      }),
    async count(filter) {
      return Number(rows(statements.count(filter))[0]?.['n']);
    },
    async pluck(paths, filter, options = {}) {
      const found = rows(statements.values(paths, filter, options));
      return found.map((row) => paths.map((_, index) => toScalar(row[`v${index}`])));
    },
    async group(path, filter) {
      return toCounts(rows(statements.group(path, filter)));
    },
  };
}

const named = (name: string, indexes: readonly { paths: readonly string[] }[]) =>
  indexes.map(({ paths }) => ({ name: indexName(name, paths), paths }));

type Row = Readonly<Record<string, unknown>>;

const toScalar = (value: unknown): string | number | null =>
  typeof value === 'string' || typeof value === 'number' ? value : null;

const toCounts = (rows: readonly Row[]): Map<string, number> =>
  new Map(rows.filter((row) => row['key'] !== null).map((row) => [String(row['key']), Number(row['n'])]));

type Unique = Pick<CollectionSpec<unknown>, 'name' | 'indexes'>;

function writeRow(database: Database, table: Unique, { text, params }: Fragment): void {
  try {
    database.prepare(text).run(...params);
  } catch (error) {
    throw isTaken(error) ? conflict(table, error) : error;
  }
}

function conflict({ name, indexes }: Unique, cause: unknown): GradeportError {
  const said = String(cause);
  const index = indexes.find(({ paths }) => said.includes(`'${indexName(name, paths)}'`));
  return taken(name, index?.paths, cause);
}
