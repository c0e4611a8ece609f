/** How documents of an older Gradeport become those of this one: one list for every store. */
import { FIRST_ENGINE } from '../../model/revision.ts';
import { SCHEMA_VERSION } from '../../model/schema-version.ts';

/** A document as plain JSON: its old schema is gone, and the present one does not fit yet. */
export type OldDocument = { readonly id: string; readonly [member: string]: unknown };

export type Migration = {
  /** The version that everything has once all migrations to it are done. */
  to: number;
  collection: string;
  /** Pure, and looks at this document alone: it may be called again after a kill. The id stays. */
  change(doc: OldDocument): OldDocument;
};

export type Schema = { version: number; migrations: readonly Migration[] };

/** Every version since 1 keeps its migrations here, up to SCHEMA_VERSION; none is ever removed. */
export const CURRENT_SCHEMA: Schema = {
  version: SCHEMA_VERSION,
  migrations: [{ to: 2, collection: 'revisions', change: presencePerEngine }],
};

/** Version 1 kept what one engine had, without its name (decision 0036). */
function presencePerEngine({ presence, ...doc }: OldDocument): OldDocument {
  return { ...doc, engines: { [FIRST_ENGINE]: { presence, image: doc['image'] } } };
}

/** Migrates a document that was read outside a store, such as one of a backup. */
export function migrated(
  { migrations, version }: Schema,
  from: number,
  collection: string,
  doc: OldDocument,
) {
  return migrations
    .filter((one) => one.collection === collection && one.to > from && one.to <= version)
    .toSorted((one, other) => one.to - other.to)
    .reduce((old, one) => changedBy(one, old), doc);
}

/** @throws TypeError when it would become another document */
export function changedBy({ change, collection, to }: Migration, doc: OldDocument): OldDocument {
  const changed = change(doc);
  if (changed.id !== doc.id)
    throw new TypeError(`The migration to ${to} gives ${collection}/${doc.id} another id.`);
  return changed;
}
