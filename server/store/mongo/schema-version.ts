/** Whose database this is, and which schema it has. */
import type { Connection } from 'mongoose';
import { GradeportError } from '../../core/errors.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { isDuplicate } from './errors.ts';
import type { Meta } from './meta.ts';
import type { Place } from './place.ts';

const ID = 'schema';

/**
 * The version that the database has; writes the newest one where it holds nothing of ours yet.
 * @param prepare what must be there before anybody writes to a fresh database
 */
export async function readSchemaVersion(
  meta: Meta,
  place: Pick<Place, 'connection' | 'persist' | 'shown'>,
  prepare: () => Promise<void> = async () => {},
): Promise<number> {
  const { persist, shown } = place;
  const version = await schemaVersionIn(meta, persist);
  if (version !== null) {
    if (version > SCHEMA_VERSION) throw newer(shown, version);
    return version;
  }
  const foreign = await foreignCollections(place.connection, persist);
  if (foreign.length > 0) throw somebodyElses(shown, foreign);
  await prepare();
  await setSchemaVersion(meta, persist, SCHEMA_VERSION);
  return SCHEMA_VERSION;
}

/** null: the database is not Gradeport's yet. */
export async function schemaVersionIn(meta: Meta, persist: Place['persist']): Promise<number | null> {
  const found = await persist(() => meta.findOne({ _id: ID }));
  return found ? Number(found['version']) : null;
}

export async function setSchemaVersion(
  meta: Meta,
  persist: Place['persist'],
  version: number,
): Promise<void> {
  await persist(() => meta.updateOne({ _id: ID }, { $set: { version } }, { upsert: true })).catch((error) => {
    // Of two who start at once the other wrote it.
    if (!isDuplicate(error)) throw error;
  });
}

/** Collections that hold something: without our book-keeping they are another program's. */
async function foreignCollections({ db }: Connection, persist: Place['persist']): Promise<string[]> {
  if (!db) return [];
  const listed = await persist(() => db.listCollections({}, { nameOnly: true }).toArray());
  const names = listed.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
  const firsts = await Promise.all(names.map((name) => persist(() => db.collection(name).findOne({}))));
  return names.filter((_, at) => firsts[at] !== null);
}

const newer = (shown: string, version: number) =>
  new GradeportError(
    'conflict',
    `The database ${shown} was written by a newer Gradeport (schema ${version}; this one knows ${SCHEMA_VERSION}). ` +
      'Start that version, or name another database in the store’s address.',
  );

const somebodyElses = (shown: string, names: readonly string[]) =>
  new GradeportError(
    'conflict',
    `The database ${shown} holds collections of another program (${names.join(', ')}). ` +
      'Name a database in the store’s address that is empty, or Gradeport’s own.',
  );
