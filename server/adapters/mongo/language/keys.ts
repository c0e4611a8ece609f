/**
 * Names of fields as MongoDB can take them. Documents hold names that others chose (problems, courses with dots,
 * what a grader reports): MongoDB reads dots and dollars as paths and operators, BSON ends a name at NUL, mongoose leaves
 * out the names of JavaScript's own machinery, and the driver takes an object with a "_bsontype" for a value of its own
 * and gives what stands under a name of every object, such as "toString", as bytes.
 * Such a name is written with %-escapes, as in addresses.
 */
import { splitPath } from '../../documents/field-path.ts';

const ESCAPED = /[%.$\0]/g;
/** Written out, because every version of Node must find what is stored. */
const MACHINERY = new Set([
  ...['__proto__', 'constructor', 'prototype', '_bsontype', 'hasOwnProperty', 'isPrototypeOf', 'toString'],
  ...['propertyIsEnumerable', 'toLocaleString', 'valueOf', '__defineGetter__', '__defineSetter__'],
  ...['__lookupGetter__', '__lookupSetter__'],
]);

const escapeCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function escapeName(name: string): string {
  if (MACHINERY.has(name)) return escapeCharacter(name.charAt(0)) + name.slice(1);
  return name.replace(ESCAPED, escapeCharacter);
}

const unescapeName = (name: string): string =>
  name.includes('%')
    ? name.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : name;

/** `a.b` in the store's language → in MongoDB's. `id` is MongoDB's `_id`, at the top only. */
export const toMongoPath = (path: string): string =>
  path === 'id' ? '_id' : splitPath(path).map(escapeName).join('.');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Copies a JSON value with every name in it changed; undefined members are left out, as JSON leaves them out. */
function rename(value: unknown, name: (old: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => rename(one, name));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  // fromEntries defines: "__proto__" becomes a member, and no setter is called.
  return Object.fromEntries(entries.map(([old, member]) => [name(old), rename(member, name)]));
}

export const escapeNames = (value: unknown): unknown => rename(value, escapeName);
export const unescapeNames = (value: unknown): unknown => rename(value, unescapeName);
