/**
 * Checks a change against the schema before it is sent: the document is not read first, so what would not fit must be
 * found by the paths. Gives the values as the schema writes them.
 */
import { z } from 'zod';
import type { Change } from '../../../ports/store.ts';
import { splitPath } from '../../documents/field-path.ts';
import { unwrapped } from './schema.ts';

/** @throws TypeError that names the path */
export function fitChange(
  schema: z.ZodObject,
  { $set = {}, $unset = {}, $inc = {} }: Change,
): Required<Change> {
  const fitted = Object.entries($set).map(([path, value]) => [path, fitValue(schema, path, value)]);
  for (const path of Object.keys($unset))
    if (!typeAt(schema, path).safeParse(undefined).success && !isEntry(schema, path)) throw misfit(path);
  for (const path of Object.keys($inc)) {
    refuseHalf(schema, path);
    const type = unwrapped(typeAt(schema, path));
    if (!(type instanceof z.ZodNumber || isFree(type))) throw misfit(path);
  }
  return { $set: Object.fromEntries(fitted), $unset, $inc };
}

function fitValue(schema: z.ZodObject, path: string, value: unknown): unknown {
  if (value === undefined) throw new TypeError(`$set of "${path}" to undefined: use $unset.`);
  refuseHalf(schema, path);
  const result = typeAt(schema, path).safeParse(value);
  if (!result.success) throw misfit(path, z.prettifyError(result.error));
  return result.data;
}

const misfit = (path: string, why = ''): TypeError =>
  new TypeError(`The change of "${path}" does not fit its schema${why && `: ${why}`}.`);

const isFree = (type: z.ZodType): boolean => type instanceof z.ZodUnknown;

/** @throws TypeError where the schema has no such path */
export function typeAt(schema: z.ZodType, path: string): z.ZodType {
  return splitPath(path).reduce<z.ZodType>((type, part) => memberOf(type, part) ?? noPath(path), schema);
}

const noPath = (path: string): never => {
  throw new TypeError(`The change's "${path}" is not a path of its schema.`);
};

function memberOf(given: z.ZodType, part: string): z.ZodType | null {
  const type = unwrapped(given);
  if (isFree(type)) return type;
  if (type instanceof z.ZodRecord) return type.valueType as z.ZodType;
  if (type instanceof z.ZodObject)
    return Object.hasOwn(type.shape, part) ? (type.shape[part] as z.ZodType) : null;
  if (!(type instanceof z.ZodUnion)) return null;
  const members = type.options.flatMap((option) => memberOf(option as z.ZodType, part) ?? []);
  return members.length > 0 ? z.union(members) : null;
}

/** Whether a path is an entry of a map: entries may be removed. */
function isEntry(schema: z.ZodObject, path: string): boolean {
  const parent = splitPath(path).slice(0, -1).join('.');
  return parent !== '' && unwrapped(typeAt(schema, parent)) instanceof z.ZodRecord;
}

/** MongoDB would create a missing object with this one member, and the document would no longer fit its schema. */
function refuseHalf(schema: z.ZodObject, path: string): void {
  const parts = splitPath(path);
  for (let length = 1; length < parts.length; length++) {
    const parent = parts.slice(0, length).join('.');
    const type = typeAt(schema, parent);
    const inner = unwrapped(type);
    const mayMiss = type.safeParse(undefined).success;
    if (mayMiss && inner instanceof z.ZodObject && !inner.safeParse({}).success)
      throw new TypeError(`"${path}" is a part of "${parent}", which may be missing: set that as a whole.`);
  }
}
