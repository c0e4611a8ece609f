/** The store's language → MongoDB's. It is a subset of that, and this file checks that filters stay in it. */
import type { Filter, FindOptions, Scalar } from '../../../ports/store.ts';
import { toMongoPath } from './keys.ts';

export type MongoFilter = Record<string, unknown>;

const RANGES = new Set(['$gt', '$gte', '$lt', '$lte']);

/** @throws TypeError for what the store's language does not have */
export function toMongoFilter(filter: Filter): MongoFilter {
  return Object.fromEntries(
    Object.entries(filter).map(([path, condition]) => [toMongoPath(path), toCondition(path, condition)]),
  );
}

function toCondition(path: string, condition: unknown): unknown {
  if (condition === undefined) throw new TypeError(`The filter's "${path}" is undefined.`);
  if (condition === null || typeof condition !== 'object') return { $eq: toScalar(condition) };
  const terms = Object.entries(condition).map(([operator, operand]) => [
    operator,
    toOperand(operator, operand),
  ]);
  if (terms.length === 0) throw new TypeError(`The filter's "${path}" has no operator.`);
  return Object.fromEntries(terms);
}

function toOperand(operator: string, operand: unknown): unknown {
  if (operator === '$in' && Array.isArray(operand)) return operand.map(toScalar);
  if (operator === '$ne') return toScalar(operand);
  if (operator === '$exists') return operand === true;
  if (RANGES.has(operator)) {
    if (typeof operand === 'number' || typeof operand === 'string') return operand;
    throw new TypeError('A range needs a number or a text.');
  }
  throw new TypeError(`The filter's operator ${operator} is not part of the store's language.`);
}

function toScalar(value: unknown): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError('A filter compares with a text, a number, true, false or null.');
}

/** When a document was inserted: ties of a sort keep that order, so that pages do not overlap. */
export const INSERTED = '_inserted';

/** @returns null: any order will do */
export function toMongoSort(sort: FindOptions['sort']): Record<string, 1 | -1> | null {
  const keys = Object.entries(sort ?? {});
  const last = keys.at(-1);
  if (last === undefined) return null;
  const order = Object.fromEntries(keys.map(([path, way]) => [toMongoPath(path), way]));
  // Ids have no ties.
  return '_id' in order ? order : { ...order, [INSERTED]: last[1] };
}
