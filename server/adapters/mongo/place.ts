/** What all parts of an open MongoDB store share. */
import { randomBytes } from 'node:crypto';
import type { Connection, mongo } from 'mongoose';
import type { CollectionName } from '../../model/collections.ts';
import type { Persist } from './connection/persist.ts';
import type { Models, Raw } from './language/schema.ts';

export type Place = {
  connection: Connection;
  models: Models;
  /** The driver's own collection, where mongoose's casting is not needed. */
  native(name: CollectionName): mongo.Collection<Raw>;
  /** For people: hosts and database, without the password. */
  shown: string;
  persist: Persist;
  /** Makes closing wait for a promise, and keeps its failure from being unhandled. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Notifies other processes, soon, that something was written. */
  wrote(): void;
};

/** Names one write: 9 random bytes, unique among the few that a document remembers. */
export const newToken = (): string => randomBytes(9).toString('base64url');
