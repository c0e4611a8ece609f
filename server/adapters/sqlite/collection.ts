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
  const rows = (text: string, { params }: Fragment): Row[] => database.prepare(text).all(...params);

  function write(text: string, ...params: string[]): void {
    try {
      database.prepare(text).run(...params);
    } catch (error) {
      throw isTaken(error) ? conflict(name, indexes, error) : error;
    }
  }

  function select(filter: Filter, options: FindOptions = {}): Row[] {
    const where = translate.where(filter);
    const order = translate.orderBy(options.sort, filter);
    const text = `SELECT id, doc FROM ${name} WHERE ${where.text}${order.text} LIMIT ? OFFSET ?`;
    // SQLite takes -1 as "no limit".
    return rows(text, {
      text,
      params: [...where.params, ...order.params, options.limit ?? -1, options.skip ?? 0],
    });
  }

  function change(row: Row, wanted: Change): T {
    const doc = check(`${name}/${row['id']}`, written, applyChange(toDocument(row), wanted));
    if (doc.id !== row['id']) throw new TypeError(`A document of ${name} cannot change its id.`);
    const text = JSON.stringify(doc);
    if (text !== row['doc']) write(`UPDATE ${name} SET doc = ? WHERE id = ?`, text, doc.id);
    return doc;
  }

  /** A statement's columns have short names of their own: paths may hold anything. */
  function values(paths: readonly string[], filter: Filter, options: FindOptions): Row[] {
    const columns = paths.map((path) => translate.valueAt(path));
    const [where, order] = [translate.where(filter), translate.orderBy(options.sort, filter)];
    const list = columns.map(({ text }, index) => `${text} AS v${index}`).join(', ');
    const text = `SELECT ${list} FROM ${name} WHERE ${where.text}${order.text} LIMIT ? OFFSET ?`;
    const params = [...columns.flatMap((column) => column.params), ...where.params, ...order.params];
    return rows(text, { text, params: [...params, options.limit ?? -1, options.skip ?? 0] });
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
      const where = translate.where(filter);
      return Number(rows(`SELECT count(*) AS n FROM ${name} WHERE ${where.text}`, where)[0]?.['n']);
    },
    async pluck(paths, filter, options = {}) {
      return values(paths, filter, options).map((row) => paths.map((_, index) => toScalar(row[`v${index}`])));
    },
    async group(path, filter) {
      const [key, where] = [translate.groupKey(path), translate.where(filter)];
      const text = `SELECT ${key.text} AS key, count(*) AS n FROM ${name} WHERE ${where.text} GROUP BY 1`;
      const found = rows(text, { text, params: [...key.params, ...where.params] });
      return new Map(
        found.filter((row) => row['key'] !== null).map((row) => [String(row['key']), Number(row['n'])]),
      );
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

const toScalar = (value: unknown): string | number | null =>
  typeof value === 'string' || typeof value === 'number' ? value : null;

function conflict(name: string, indexes: CollectionSpec<unknown>['indexes'], cause: unknown): GradeportError {
  const said = String(cause);
  const index = indexes.find(({ paths }) => said.includes(`'${indexName(name, paths)}'`));
  return taken(name, index?.paths, cause);
}
