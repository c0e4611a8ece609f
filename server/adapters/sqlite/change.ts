/**
 * A Change applied to a document: gives a new document and leaves the old one alone. Keys are only ever
 * written as own properties (spread and computed keys define, they never call a setter), so a path such as
 * "__proto__.x" cannot reach a prototype.
 */

import type { Change } from '../../ports/store.ts';
import { refuseOverlap } from '../documents/check-document.ts';
import { splitPath } from '../documents/field-path.ts';

type JsonObject = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function applyChange(doc: object, change: Change): object {
  refuseOverlap([change.$set, change.$unset, change.$inc].flatMap((part) => Object.keys(part ?? {})));
  let result: JsonObject = { ...doc };
  for (const [path, value] of Object.entries(change.$set ?? {})) {
    if (value === undefined) throw new TypeError(`$set of "${path}" to undefined: use $unset.`);
    result = changeAt(result, splitPath(path), path, () => value);
  }
  for (const path of Object.keys(change.$unset ?? {})) result = removeAt(result, splitPath(path));
  for (const [path, step] of Object.entries(change.$inc ?? {})) {
    result = changeAt(result, splitPath(path), path, (old) => add(old, step, path));
  }
  return result;
}

function changeAt(
  node: JsonObject,
  [key = '', ...rest]: string[],
  path: string,
  next: (old: unknown) => unknown,
): JsonObject {
  const old = Object.hasOwn(node, key) ? node[key] : undefined;
  if (rest.length === 0) return { ...node, [key]: next(old) };
  if (old !== undefined && !isObject(old))
    throw new TypeError(`"${path}" goes through something that is not an object.`);
  return { ...node, [key]: changeAt(old ?? {}, rest, path, next) };
}

function removeAt(node: JsonObject, [key = '', ...rest]: string[]): JsonObject {
  if (!Object.hasOwn(node, key)) return node;
  const old = node[key];
  if (rest.length > 0) return isObject(old) ? { ...node, [key]: removeAt(old, rest) } : node;
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));
}

/** A missing number counts as 0; anything else is an error, as in MongoDB. */
function add(old: unknown, step: number, path: string): number {
  if (old === undefined) return step;
  if (typeof old !== 'number') throw new TypeError(`$inc of "${path}", which is not a number.`);
  return old + step;
}
