/**
 * Migrates an older database. Each changed document records the migration that changed it, so that it is not changed
 * again where the progress of its page was lost.
 */
import type { mongo } from 'mongoose';
import { type MigrationPlace, migrate, type Page, type Standing } from '../../migrations/migrate.ts';
import type { OldDocument, Schema } from '../../migrations/migrations.ts';
import { fieldsOf, MIGRATED } from '../language/documents.ts';
import { escapeNames, unescapeNames } from '../language/keys.ts';
import type { Raw } from '../language/schema.ts';
import type { Meta } from '../meta.ts';
import type { Place } from '../place.ts';
import { dumpDatabase } from './dump.ts';
import { standingIn, standsIn } from './schema-version.ts';

const PAGE = 200;

type MigrateDeps = { place: Place; meta: Meta; schema: Schema; backups: string | null; clock: () => number };

/** Only for the holder of the database's lock, when no batch is unfinished. */
export async function migrateMongo({ place, meta, schema, backups, clock }: MigrateDeps): Promise<void> {
  const { persist, shown } = place;
  const { db } = place.connection;
  if (!db) throw new TypeError('The connection is not open.');
  const standing = async (): Promise<Standing> =>
    (await standingIn(meta, persist)) ?? { version: schema.version, progress: null };
  const here: MigrationPlace = {
    shown: `the database ${shown}`,
    standing,
    stand: (next) => standsIn(meta, persist, next),
    changePage: (page) => changePage(db, meta, persist, page),
    backup: async () =>
      dumpDatabase(db, shown, backups, { version: (await standing()).version, now: clock() }),
  };
  await migrate(here, schema);
}

async function changePage(
  db: mongo.Db,
  meta: Meta,
  persist: Place['persist'],
  { version, collection, from, change }: Page,
): Promise<string | null> {
  const tag = `${version}:${from.step}`;
  const documents = db.collection<Raw>(collection);
  const next = { _id: { $gt: from.after }, [MIGRATED]: { $ne: tag } };
  const raws = await persist(() => documents.find(next).sort({ _id: 1 }).limit(PAGE).toArray());
  const last = raws.at(-1)?._id;
  if (last === undefined) return null;
  const writes = raws.map((raw) => ({
    replaceOne: {
      filter: { _id: raw._id, [MIGRATED]: { $ne: tag } },
      replacement: changed(raw, change, tag),
    },
  }));
  await persist(() => documents.bulkWrite(writes, { ordered: false }));
  await standsIn(meta, persist, { version, progress: { step: from.step, after: last } });
  return last;
}

function changed(raw: Raw, change: (doc: OldDocument) => OldDocument, tag: string): Omit<Raw, '_id'> {
  const { own, rest } = fieldsOf(raw);
  const { id: _id, ...members } = change({ ...(unescapeNames(rest) as object), id: raw._id });
  return { ...(escapeNames(members) as object), ...own, [MIGRATED]: tag };
}
