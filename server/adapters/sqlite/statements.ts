/** The statements that read a collection, as text and parameters. collection.ts runs them. */
import type { Filter, FindOptions } from '../../ports/store.ts';
import type { createTranslator } from './filter.ts';
import type { Fragment } from './fragment.ts';
import { type Index, indexedBy } from './index-alone.ts';

export function createStatements(
  name: string,
  translate: ReturnType<typeof createTranslator>,
  indexes: readonly Index[] = [],
) {
  /** SQLite takes -1 as "no limit". */
  const limits = ({ limit = -1, skip = 0 }: FindOptions) => [limit, skip];

  return {
    select(filter: Filter, options: FindOptions): Fragment {
      const where = translate.where(filter);
      const order = translate.orderBy(options.sort, filter);
      return {
        text: `SELECT id, doc FROM ${name} WHERE ${where.text}${order.text} LIMIT ? OFFSET ?`,
        params: [...where.params, ...order.params, ...limits(options)],
      };
    },
    /** A statement's columns have short names of their own: paths may hold anything. */
    values(paths: readonly string[], filter: Filter, options: FindOptions): Fragment {
      const columns = paths.map((path) => translate.valueAt(path));
      const [where, order] = [translate.where(filter), translate.orderBy(options.sort, filter)];
      const list = columns.map(({ text }, index) => `${text} AS v${index}`).join(', ');
      const params = [...columns.flatMap((column) => column.params), ...where.params, ...order.params];
      return {
        text: `SELECT ${list} FROM ${name}${indexedBy(indexes, paths, filter, options)} WHERE ${where.text}${order.text} LIMIT ? OFFSET ?`,
        params: [...params, ...limits(options)],
      };
    },
    count(filter: Filter): Fragment {
      const where = translate.where(filter);
      return { text: `SELECT count(*) AS n FROM ${name} WHERE ${where.text}`, params: where.params };
    },
    /** The keys are listed first: while SQLite groups, it takes none from an index, and parses each document. */
    group(path: string, filter: Filter): Fragment {
      const [key, where] = [translate.groupKey(path), translate.where(filter)];
      const keys = `SELECT ${key.text} AS key FROM ${name}${indexedBy(indexes, [path], filter)} WHERE ${where.text}`;
      return {
        text: `WITH found AS MATERIALIZED (${keys}) SELECT key, count(*) AS n FROM found GROUP BY key`,
        params: [...key.params, ...where.params],
      };
    },
  };
}
