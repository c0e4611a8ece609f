/**
 * Filter and sort as SQL. Values are always parameters. Paths are parameters too, unless the collection has
 * an index on them: SQLite uses an expression index only for the very same text, and those paths are ours.
 */
import type { SQLInputValue } from 'node:sqlite';
import type { Condition, Filter, FindOptions } from '../../ports/store.ts';
import { toJsonPath } from '../documents/field-path.ts';
import { type Fragment, join, sql } from './fragment.ts';

type Scalar = string | number | boolean | null;
type Kind = 'text' | 'number' | 'true' | 'false';
/** A path of one collection: its value, and questions about it. */
type Place = { known: boolean; value: Fragment; isA(kind: Kind): Fragment; exists: Fragment };

const RANGES = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;
type RangeOperator = keyof typeof RANGES;
const isRange = (operator: string): operator is RangeOperator => Object.hasOwn(RANGES, operator);

/** The text of an expression index; queries must contain exactly this text. */
export const indexedValue = (path: string): string => `json_extract(doc, ${literal(path)})`;
const literal = (path: string): string => `'${toJsonPath(path).replaceAll("'", "''")}'`;

export function createTranslator(indexedPaths: ReadonlySet<string>) {
  function placeOf(path: string): Place {
    const known = path === 'id' || indexedPaths.has(path);
    const where = known ? sql(literal(path)) : sql('?', toJsonPath(path));
    const type = sql(`json_type(doc, ${where.text})`, ...where.params);
    const value = path === 'id' ? sql('id') : sql(`json_extract(doc, ${where.text})`, ...where.params);
    return {
      known,
      value,
      exists: sql(`${type.text} IS NOT NULL`, ...type.params),
      isA(kind) {
        // Indexed values that are compared so are texts or numbers by their schema: the index answers, and the document
        // stays unread.
        if (kind === 'text' && known) return sql(`typeof(${value.text}) = 'text'`);
        if (kind === 'number' && known) return sql(`typeof(${value.text}) IN ('integer', 'real')`);
        const names = kind === 'number' ? `IN ('integer', 'real')` : `= '${kind}'`;
        return sql(`${type.text} ${names}`, ...type.params);
      },
    };
  }

  function where(filter: Filter): Fragment {
    const terms = Object.entries(filter).map(([path, condition]) => meets(placeOf(path), path, condition));
    return terms.length === 0 ? sql('1') : join(terms, ' AND ');
  }

  /** Ties keep the order of insertion, so that pages do not overlap. */
  function orderBy(sort: FindOptions['sort'], filter: Filter = {}): Fragment {
    const keys = Object.entries(sort ?? {});
    if (keys.length === 0) return sql('');
    // A list leaves few documents, but not in order. SQLite would rather walk through an index that is in order, and
    // look at every document in it; "+value" hides that order from it.
    const plus = Object.values(filter).some(isList) ? '+' : '';
    const terms = keys.map(([path, way]) => {
      const { text, params } = placeOf(path).value;
      return sql(`${plus}${text}${direction(way)}`, ...params);
    });
    const last = direction(keys.at(-1)?.[1] ?? 1);
    const all = join([...terms, sql(`rowid${last}`)], ', ');
    return sql(` ORDER BY ${all.text}`, ...all.params);
  }

  /** What `group` counts by: the value as a document writes it (SQL alone would make 1 of true). */
  function groupKey(path: string): Fragment {
    const place = placeOf(path);
    if (place.known) return place.value;
    const [yes, no] = [place.isA('true'), place.isA('false')];
    return sql(
      `CASE WHEN ${yes.text} THEN 'true' WHEN ${no.text} THEN 'false' ELSE ${place.value.text} END`,
      ...yes.params,
      ...no.params,
      ...place.value.params,
    );
  }

  /** What `pluck` returns: texts and numbers as they are. */
  const valueAt = (path: string): Fragment => placeOf(path).value;

  return { where, orderBy, groupKey, valueAt };
}

const isList = (condition: Condition): boolean =>
  typeof condition === 'object' && condition !== null && '$in' in condition;
const direction = (way: 1 | -1): string => (way === 1 ? ' ASC' : ' DESC');
const suffix = (fragment: Fragment, text: string): Fragment => sql(fragment.text + text, ...fragment.params);

function meets(place: Place, path: string, condition: Condition): Fragment {
  if (condition === undefined) throw new TypeError(`The filter's "${path}" is undefined.`);
  if (condition === null || typeof condition !== 'object') return equals(place, condition);
  const terms = Object.entries(condition).map(([operator, operand]) => test(place, operator, operand));
  if (terms.length === 0) throw new TypeError(`The filter's "${path}" has no operator.`);
  return join(terms, ' AND ');
}

function test(place: Place, operator: string, operand: unknown): Fragment {
  if (operator === '$in' && Array.isArray(operand)) return isIn(place, operand.map(toScalar));
  if (operator === '$ne') return not(equals(place, toScalar(operand)));
  if (operator === '$exists') return operand === true ? place.exists : not(place.exists);
  if (isRange(operator)) return compares(place, RANGES[operator], operand);
  throw new TypeError(`The filter's operator ${operator} is not part of the store's language.`);
}

/** null also matches a missing path, as MongoDB's does. */
function equals(place: Place, value: Scalar): Fragment {
  if (value === null) return suffix(place.value, ' IS NULL');
  if (typeof value === 'boolean') return place.isA(value ? 'true' : 'false');
  return both(place.isA(kindOf(value)), sql(`${place.value.text} = ?`, ...place.value.params, value));
}

/** A range holds within one type only: no text is greater than a number. */
function compares(place: Place, operator: string, operand: unknown): Fragment {
  const value = toScalar(operand);
  if (value === null || typeof value === 'boolean') throw new TypeError('A range needs a number or a text.');
  return both(
    place.isA(kindOf(value)),
    sql(`${place.value.text} ${operator} ?`, ...place.value.params, value),
  );
}

/** One statement for every length of list; an empty list matches nothing. */
function isIn(place: Place, values: Scalar[]): Fragment {
  const rest = values.filter((value) => value === null || typeof value === 'boolean');
  const lists = (['text', 'number'] as const)
    .map((kind) => ({ kind, list: values.filter((value) => value !== null && kindOf(value) === kind) }))
    .filter(({ list }) => list.length > 0)
    .map(({ kind, list }) => both(place.isA(kind), inList(place.value, JSON.stringify(list))));
  const terms = [...lists, ...rest.map((value) => equals(place, value))];
  return terms.length === 0 ? sql('0') : sql(`(${join(terms, ' OR ').text})`, ...join(terms, ' OR ').params);
}

const inList = (value: Fragment, list: SQLInputValue): Fragment =>
  sql(`${value.text} IN (SELECT value FROM json_each(?))`, ...value.params, list);
const both = (one: Fragment, two: Fragment): Fragment => join([one, two], ' AND ');
/** True where the test is false and where it is unknown. */
const not = (one: Fragment): Fragment => sql(`(${one.text}) IS NOT TRUE`, ...one.params);

function kindOf(value: Scalar): Kind {
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'number' : value ? 'true' : 'false';
}

function toScalar(value: unknown): Scalar {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  throw new TypeError('A filter compares with a text, a number, true, false or null.');
}
