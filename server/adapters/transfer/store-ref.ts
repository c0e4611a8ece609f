/** A store as people name it on the command line: a data folder, or the address of a MongoDB database. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { GradeportError } from '../../rules/errors.ts';
import { readMongoUrl } from '../mongo/connection/url.ts';
import type { StorePlace } from '../open-store.ts';

export type StoreRef =
  | { kind: 'sqlite'; folder: string; shown: string }
  | { kind: 'mongodb'; url: string; shown: string };

const MONGO = /^mongodb(\+srv)?:\/\//;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** @throws GradeportError "usage", never with a password in it */
export function readStoreRef(text: string): StoreRef {
  if (MONGO.test(text)) return mongoRef(text);
  if (text === '' || SCHEME.test(text)) {
    const message = 'A store is a data folder such as /srv/gradeport, or mongodb://host:27017/database.';
    throw new GradeportError('usage', message);
  }
  const folder = resolve(text);
  return { kind: 'sqlite', folder, shown: folder };
}

function mongoRef(url: string): StoreRef {
  const { shown } = readMongoUrl(url);
  return { kind: 'mongodb', url, shown };
}

export const configuredStore = ({ data, store }: StorePlace): StoreRef => readStoreRef(store ?? data);

/** Whether two references name the same store; two names of one database are found out by its lock. */
export const isSameStore = (one: StoreRef, two: StoreRef): boolean =>
  one.kind === two.kind && nameOf(one) === nameOf(two);

function nameOf(ref: StoreRef): string {
  if (ref.kind === 'mongodb') return ref.shown;
  try {
    return realpathSync(ref.folder);
  } catch {
    return ref.folder;
  }
}
