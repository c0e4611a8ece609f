/**
 * mongoose schemas and models made from the shapes in collections.ts, so that shape, indexes and checks are written
 * once. mongoose refuses a wrong type and an unknown path on its own, also in changes of single paths.
 */
import mongoose, { type Connection, type Model, type mongo, Schema } from 'mongoose';
import { z } from 'zod';
import { type CollectionName, collectionNames, collections } from '../../../model/collections.ts';
import { INSERTED } from './filter.ts';
import { unescapeNames } from './keys.ts';

/** The last writes of a document by their tokens, so that one whose answer was lost is not done twice. */
export const WRITES = '_writes';
/** More writes than one process has under way at once, which is the size of its connection pool. */
export const KEPT_WRITES = 64;
/** The steps of a batch that are not done yet, in the document of its first step. */
export const BATCH = '_batch';

/** A document as MongoDB has it. */
export type Raw = mongo.Document & { _id: string };
export type Models = { [N in CollectionName]: Model<Raw> };

// Without this, mongoose turns a number into a text and takes an empty text for a missing one.
for (const type of [Schema.Types.String, Schema.Types.Number, Schema.Types.Boolean]) type.cast(false);
Schema.Types.String.checkRequired((value: unknown) => typeof value === 'string');

/** `_id` of subdocuments, casts, defaults and the removal of empty objects are conveniences that change what is kept. */
const OPTIONS = { strict: 'throw', minimize: false, id: false, versionKey: false } as const;

export function createModels(connection: Connection): Models {
  const models = collectionNames.map((name) => [name, connection.model(name, schemaOf(name), name)] as const);
  // collectionNames lists every name, so each has its model.
  return Object.fromEntries(models) as unknown as Models;
}

function schemaOf(name: CollectionName): Schema<Raw> {
  const { id, ...shape } = collections[name].schema.shape;
  const own = {
    _id: { type: String, required: true, validate: fits(id) },
    [INSERTED]: { type: Schema.Types.ObjectId, required: true },
    [WRITES]: { type: [String], default: undefined },
    [BATCH]: { type: Schema.Types.Mixed },
  };
  const options = { ...OPTIONS, autoIndex: false, autoCreate: false };
  return new Schema<Raw>({ ...fieldsOf(shape), ...own } as never, options as never);
}

const fieldsOf = (shape: Readonly<Record<string, unknown>>): Record<string, object> =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, fieldOf(type as z.ZodType)]));

function fieldOf(type: z.ZodType): object {
  const inner = unwrapped(type);
  const required = inner === type && !(inner instanceof z.ZodUnknown);
  if (inner instanceof z.ZodObject) return { type: partOf(inner), required, default: undefined };
  return { ...plainType(inner), required, default: undefined, validate: fits(type) };
}

const partOf = (type: z.ZodObject): Schema =>
  new Schema(fieldsOf(type.shape) as never, { ...OPTIONS, _id: false } as never);

function plainType(type: z.ZodType): object {
  if (type instanceof z.ZodString || type instanceof z.ZodEnum || type instanceof z.ZodISODateTime)
    return { type: String };
  if (type instanceof z.ZodNumber) return { type: Number };
  if (type instanceof z.ZodBoolean) return { type: Boolean };
  if (type instanceof z.ZodArray && type.element instanceof z.ZodObject)
    return { type: [partOf(type.element)], castNonArrays: false };
  if (type instanceof z.ZodArray && type.element instanceof z.ZodString)
    return { type: [String], castNonArrays: false };
  // Maps and choices of shapes: only zod can check them.
  return { type: Schema.Types.Mixed };
}

/** The type of a value that is there: without "optional", "nullable" and defaults. */
export function unwrapped(type: z.ZodType): z.ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable || type instanceof z.ZodDefault)
    return unwrapped(type.unwrap() as z.ZodType);
  return type;
}

function fits(type: z.ZodType) {
  return {
    validator: (value: unknown) => type.safeParse(unescapeNames(plain(value))).success,
    message: ({ path }: { path: string }) => `${path} does not fit its schema`,
  };
}

const plain = (value: unknown): unknown =>
  value instanceof mongoose.Types.Array || value instanceof mongoose.Types.DocumentArray
    ? value.toObject()
    : value;
