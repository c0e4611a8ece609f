/**
 * Brings an older store up to date, version by version, before anybody reads it. Only the holder of the server's lock
 * does; how far it came is kept in the store, so that a kill in the middle costs one page. The version goes up before
 * the first document changes: an older Gradeport must not open what is half done.
 */
import { GradeportError } from '../../rules/errors.ts';
import { changedBy, type Migration, type OldDocument, type Schema } from './migrations.ts';

/** Which of the migrations to a version is under way, and after which id it goes on. */
type Progress = { step: number; after: string };
export type Standing = { version: number; progress: Progress | null };

/** What each store does in its own way. */
export type MigrationPlace = {
  /** For people. */
  shown: string;
  standing(): Promise<Standing>;
  /** The version and its progress, in one write. */
  stand(standing: Standing): Promise<void>;
  /**
   * The next documents after `from.after` and how far that is, kept so that each document is changed once.
   * @returns the last id; null: there are no more
   */
  changePage(of: Page): Promise<string | null>;
  /** @returns where it is, for people */
  backup(): Promise<string>;
};
export type Page = {
  version: number;
  collection: string;
  from: Progress;
  change(doc: OldDocument): OldDocument;
};

export async function migrate(place: MigrationPlace, schema: Schema): Promise<void> {
  const { version, progress } = await place.standing();
  if (!isBehind({ version, progress }, schema)) return;
  // What is half done was backed up before it began.
  if (progress === null) await place.backup();
  else await finishVersion(place, schema, version, progress);
  for (let next = version + 1; next <= schema.version; next++) {
    const from = { step: 0, after: '' };
    await place.stand({ version: next, progress: from });
    await finishVersion(place, schema, next, from);
  }
}

/** A newer one is not ours to finish. */
export const isBehind = ({ version, progress }: Standing, schema: Schema): boolean =>
  version < schema.version || (version === schema.version && progress !== null);

async function finishVersion(
  place: MigrationPlace,
  { migrations }: Schema,
  version: number,
  { step, after }: Progress,
): Promise<void> {
  const steps = migrations.filter(({ to }) => to === version);
  for (const [at, migration] of steps.entries()) {
    if (at >= step) await changeAll(place, migration, { step: at, after: at === step ? after : '' });
  }
  await place.stand({ version, progress: null });
}

async function changeAll(place: MigrationPlace, migration: Migration, start: Progress): Promise<void> {
  const { collection, to: version } = migration;
  const change = (doc: OldDocument): OldDocument => changedBy(migration, doc);
  let from: Progress | null = start;
  while (from !== null) {
    const last = await place.changePage({ version, collection, from, change });
    from = last === null ? null : { step: start.step, after: last };
  }
}

/** For a command beside the server, which changes nothing that all others rely on. */
export const isOlder = (shown: string, { version }: Standing, schema: Schema): GradeportError =>
  new GradeportError(
    'conflict',
    `The documents of ${shown} are those of an older Gradeport (schema ${version}; this one needs ` +
      `${schema.version}). Start the server once: it makes a backup, and brings them up to date.`,
  );
