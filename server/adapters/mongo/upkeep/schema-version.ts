/** Whether a database is Gradeport's, and which schema it has. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { GradeportError } from '../../../rules/errors.ts';
import type { Standing } from '../../migrations/migrate.ts';
import type { Schema } from '../../migrations/migrations.ts';
import { isDuplicate } from '../connection/errors.ts';
import type { Meta } from '../meta.ts';
import type { Place } from '../place.ts';

const ID = 'schema';

const storedSchema = z.object({ _id: z.literal(ID) });
const standingSchema = z.object({
  version: z.number(),
  progress: z.object({ step: z.number(), after: z.string() }).nullable().default(null),
});

/**
 * Reads the schema of the documents; writes the newest version where the database holds nothing yet.
 * @param prepare makes what must be there before the first write to a fresh database
 */
export async function readStanding(
  meta: Meta,
  place: Pick<Place, 'connection' | 'persist' | 'shown'>,
  schema: Schema,
  prepare: () => Promise<void> = async () => {},
): Promise<Standing> {
  const { persist, shown } = place;
  const found = await standingIn(meta, persist);
  if (found !== null) {
    if (found.version > schema.version) throw newer(shown, found.version, schema.version);
    return found;
  }
  const foreign = await foreignCollections(place.connection, persist);
  if (foreign.length > 0) throw somebodyElses(shown, foreign);
  await prepare();
  const fresh = { version: schema.version, progress: null };
  await standsIn(meta, persist, fresh);
  return fresh;
}

/** Of a document of the book-keeping; null: it is another one. */
export const standingOf = (doc: unknown): Standing | null =>
  storedSchema.safeParse(doc).success ? standingSchema.parse(doc) : null;

/** null: the database is not Gradeport's yet. */
export async function standingIn(meta: Meta, persist: Place['persist']): Promise<Standing | null> {
  const found = await persist(() => meta.findOne({ _id: ID }));
  return found ? standingSchema.parse(found) : null;
}

export async function standsIn(meta: Meta, persist: Place['persist'], standing: Standing): Promise<void> {
  await persist(() => meta.updateOne({ _id: ID }, { $set: standing }, { upsert: true })).catch((error) => {
    // Another server that started at the same time wrote it.
    if (!isDuplicate(error)) throw error;
  });
}

/** Collections that hold something: without our book-keeping they belong to another program. */
async function foreignCollections({ db }: Connection, persist: Place['persist']): Promise<string[]> {
  if (!db) return [];
  const listed = await persist(() => db.listCollections({}, { nameOnly: true }).toArray());
  const names = listed.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
  const firsts = await Promise.all(names.map((name) => persist(() => db.collection(name).findOne({}))));
  return names.filter((_, at) => firsts[at] !== null);
}

const newer = (shown: string, version: number, known: number) =>
  new GradeportError(
    'conflict',
    `The database ${shown} was written by a newer Gradeport (schema ${version}; this one knows ${known}). ` +
      'Start that version, or name another database in the store’s address.',
  );

const somebodyElses = (shown: string, names: readonly string[]) =>
  new GradeportError(
    'conflict',
    `The database ${shown} holds collections of another program (${names.join(', ')}). ` +
      'Name a database in the store’s address that is empty, or Gradeport’s own.',
  );
