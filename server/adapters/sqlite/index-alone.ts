/**
 * Which index has every value that a list asks for. A run's document may be a megabyte, and SQLite parses it whole for
 * each value that it takes from it; left to itself it often prefers a narrower index and does so.
 */
import type { Filter, FindOptions } from '../../ports/store.ts';

export type Index = { name: string; paths: readonly string[] };

/**
 * @param values the paths that are read, beside those of the filter and of the order
 * @returns what follows the table's name in a statement; empty: no index has all of it
 */
export function indexedBy(
  indexes: readonly Index[],
  values: readonly string[],
  filter: Filter,
  { sort = {} }: FindOptions = {},
): string {
  const asked = [...values, ...Object.keys(filter), ...Object.keys(sort)].filter((path) => path !== 'id');
  if ('id' in filter || asked.length === 0) return '';
  const fit = indexes
    .filter(({ paths }) => asked.every((path) => paths.includes(path)))
    .map(({ name, paths }) => ({ name, leading: leadingPoints(paths, filter) }))
    .filter(({ leading }) => leading > 0)
    .sort((one, other) => other.leading - one.leading)[0];
  return fit ? ` INDEXED BY "${fit.name}"` : '';
}

/** How many of the index's first paths the filter compares with a value or a list. */
function leadingPoints(paths: readonly string[], filter: Filter): number {
  const isPoint = (path: string): boolean => {
    const condition = filter[path];
    if (condition === undefined || condition === null) return false;
    // Whether a truth is there is asked of the document's types, which no index has.
    return typeof condition === 'object' ? '$in' in condition : typeof condition !== 'boolean';
  };
  const end = paths.findIndex((path) => !isPoint(path));
  return end === -1 ? paths.length : end;
}
