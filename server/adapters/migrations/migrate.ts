/**
 * Migrates an older store, version by version, before anything reads it. Only the holder of the server's lock does so.
 * The progress is kept in the store, so that a kill in the middle costs one page. The version goes up before the first
 * document changes: an older Gradeport must not open a store that is half done.
 */
import { GradeportError } from '../../rules/errors.ts';
import { changedBy, type Migration, type OldDocument, type Schema } from './migrations.ts';

/** Which of the migrations to a version is under way, and after which id it goes on. */
type Progress = { step: number; after: string };
export type Standing = { version: number; progress: Progress | null };

/** What each store does in its own way. */
export type MigrationPlace = {
  /** The store's name, for people. */
  shown: string;
  standing(): Promise<Standing>;
  /** The version and its progress, in one write. */
  stand(standing: Standing): Promise<void>;
  /**
   * Changes the next documents after `from.after` and keeps the progress, so that each document is changed once.
   * @returns the last id; null: there are no more
   */
  changePage(of: Page): Promise<string | null>;
  /** @returns where the backup is, for people */
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

/** Whether migrations are left to do. What a newer Gradeport began is not ours to finish. */
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

/** For a command beside the server: only the server migrates. */
export const isOlder = (shown: string, { version }: Standing, schema: Schema): GradeportError =>
  new GradeportError(
    'conflict',
    `The documents of ${shown} are those of an older Gradeport (schema ${version}; this one needs ` +
      `${schema.version}). Start the server once: it makes a backup, and brings them up to date.`,
  );
