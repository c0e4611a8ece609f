/** Pages of documents from an open SQLite database. */
import type { z } from 'zod';
import { type CollectionName, collections } from '../../../model/collections.ts';
import { checkDocument } from '../../documents/check-document.ts';
import type { Database } from '../../sqlite/database.ts';
import type { Doc, Pages } from '../source.ts';

type Row = Record<string, unknown>;

export const pagesIn =
  (database: Pick<Database, 'prepare'>): Pages['page'] =>
  async (name, after, limit) => {
    const where = after === null ? '' : 'WHERE id > ? ';
    const statement = database.prepare(`SELECT id, doc FROM ${name} ${where}ORDER BY id LIMIT ?`);
    return docsIn(name, after === null ? statement.all(limit) : statement.all(after, limit));
  };

/** @throws TypeError that names the document */
export function docsIn(name: CollectionName, rows: readonly Row[]): Doc[] {
  const schema = collections[name].schema as unknown as z.ZodType<Doc>;
  return rows.map((row) => checkDocument(`${name}/${row['id']}`, schema, JSON.parse(String(row['doc']))));
}
