/** The collection of Gradeport's own book-keeping: which schema, which server, which processes wrote. */
import { hostname } from 'node:os';
import type { mongo } from 'mongoose';
import type { Place } from './place.ts';

export const META = 'gradeport';
type MetaDoc = mongo.Document & { _id: string };
export type Meta = mongo.Collection<MetaDoc>;

export function metaOf({ connection }: { connection: Pick<Place['connection'], 'db'> }): Meta {
  if (!connection.db) throw new TypeError('The connection is not open.');
  return connection.db.collection<MetaDoc>(META);
}

/** This process, for people. */
export const about = () => ({ pid: process.pid, host: hostname() });
