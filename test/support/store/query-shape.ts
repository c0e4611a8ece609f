/** The shape of a question to a collection: which paths, how each is compared, and in which order. */
import { type CollectionName, collectionNames, collections } from '../../../server/model/collections.ts';
import type { Condition, Filter, FindOptions } from '../../../server/ports/store.ts';
import { QUERIES } from './queries.ts';

type Kind = 'equal' | 'list' | 'range' | 'other';
type Term = { path: string; kind: Kind; isRest: boolean };
type Order = readonly { path: string; way: 1 | -1 }[];
export type Shape = {
  terms: readonly Term[];
  order: Order;
  isOrderedInMemory: boolean;
  reason: string | null;
};
export type Query = { at: string; collection: CollectionName; method: string; shapes: readonly Shape[] };

/** Of each place in the code that asks; no shapes: it asks no collection, but something with its name. */
export const queries: readonly Query[] = QUERIES.trim()
  .split('\n')
  .map((line) => {
    const [, at = '', collection = '', method = '', rest = ''] = /^(\S+) (\w+)\.(\w+):(.*)$/.exec(line) ?? [];
    const name = collectionNames.find((each) => each === collection);
    if (!name) throw new Error(`"${line}" names no collection`);
    const shapes = / none: /.test(rest) ? [] : rest.split(' or ').map(readShape);
    return { at, collection: name, method, shapes };
  });

function readShape(text: string): Shape {
  const [words = '', reason = null] = text.split('all:');
  const all = words.trim().split(' ').filter(Boolean);
  const isOrder = (word: string) => /[+-]$/.test(word);
  return {
    terms: all.filter((word) => !isOrder(word)).map(readTerm),
    order: all
      .filter(isOrder)
      .map((word) => ({ path: word.replace(/^\?|[+-]$/g, ''), way: word.endsWith('+') ? 1 : -1 })),
    isOrderedInMemory: all.some((word) => word.startsWith('?')),
    reason: reason?.trim() ?? null,
  };
}

function readTerm(word: string): Term {
  const path = word.replace(/[~>*]+$/, '');
  const isRest = word.endsWith('*');
  if (word.includes('~')) return { path, kind: 'list', isRest };
  if (word.includes('>')) return { path, kind: 'range', isRest };
  return { path, kind: isRest ? 'other' : 'equal', isRest };
}

function kindOf(condition: Condition): Kind {
  if (condition === null || typeof condition !== 'object') return 'equal';
  if ('$in' in condition) return 'list';
  return '$ne' in condition || '$exists' in condition ? 'other' : 'range';
}

/** How a question that is asked is written in the list. */
export function written(filter: Filter, { sort = {} }: FindOptions): string {
  const marks = { equal: '', list: '~', range: '>', other: '*' };
  const terms = Object.entries(filter).map(([path, condition]) => path + marks[kindOf(condition)]);
  return [...terms, ...Object.entries(sort).map(([path, way]) => path + (way === 1 ? '+' : '-'))].join(' ');
}

/** Whether the list has it. */
export function isListed(
  collection: CollectionName,
  method: string,
  filter: Filter,
  options: FindOptions,
): boolean {
  const order = JSON.stringify(Object.entries(options.sort ?? {}));
  return queries
    .filter((query) => query.collection === collection && query.method === method)
    .some(({ shapes }) =>
      shapes.some(
        (shape) =>
          JSON.stringify(shape.order.map(({ path, way }) => [path, way])) === order && isMet(shape, filter),
      ),
    );
}

function isMet({ terms }: Shape, filter: Filter): boolean {
  const asked = Object.entries(filter);
  return (
    asked.length === terms.length &&
    asked.every(([path, condition]) => {
      // "roles.*" is any key of the map.
      const term = terms.find((one) =>
        one.path.endsWith('.') ? path.startsWith(one.path) : one.path === path,
      );
      const kind = kindOf(condition);
      return (
        term !== undefined &&
        (term.isRest || term.kind === kind || (term.kind === 'list' && kind === 'equal'))
      );
    })
  );
}

/** The indexes that answer it, each as its paths in their order. */
export function indexesFor(collection: CollectionName, shape: Shape): (readonly string[])[] {
  const declared: readonly (readonly string[])[] = collections[collection].indexes.map(({ paths }) => paths);
  return [['id'], ...declared].filter((paths) => answers(paths, shape));
}

/** First what is equal or in a list, in any order; then the order or the range. What is left is the rest. */
function answers(paths: readonly string[], { terms, order, isOrderedInMemory }: Shape): boolean {
  const [points, ranges] = [['equal', 'list'], ['range']].map((kinds) =>
    terms.filter(({ kind, isRest }) => !isRest && kinds.includes(kind)).map(({ path }) => path),
  );
  const start = paths.slice(0, points?.length);
  if (start.toSorted().join() !== points?.toSorted().join()) return false;
  const next = paths.slice(start.length);
  if (ranges?.length && next[0] !== ranges[0]) return false;
  return isOrderedInMemory || order.every(({ path, way }, at) => next[at] === path && way === order[0]?.way);
}
