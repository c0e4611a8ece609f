/** Loads documents into an intake: writes what differs from an earlier attempt, and compares all of it at the end. */

import { type CollectionName, collectionNames } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Intake } from './intake/intake.ts';
import { type Doc, pagesOf } from './source.ts';
import { type Count, canonical, createTally } from './tally.ts';

export type Counts = { [N in CollectionName]: Count };
export type Loader = {
  add(name: CollectionName, docs: readonly Doc[]): Promise<void>;
  /** @throws GradeportError "internal" where the store does not give back what it was given */
  compare(): Promise<Counts>;
};

/** Ids in one query to the store. */
const REMOVED_AT_ONCE = 500;

export function createLoader(intake: Intake, shown: string): Loader {
  const given = mapOf(() => ({ tally: createTally(), ids: new Set<string>() }));

  async function add(name: CollectionName, docs: readonly Doc[]): Promise<void> {
    const { tally, ids } = given[name];
    for (const doc of docs) {
      tally.add(doc);
      ids.add(doc.id);
    }
    const before = await intake.brought(
      name,
      docs.map(({ id }) => id),
    );
    const known = new Map(before.map((doc) => [doc.id, canonical(doc)]));
    const other = docs.filter((doc) => !known.has(doc.id) || known.get(doc.id) !== canonical(doc));
    // Changed documents are removed first: their unique keys may be another document's now.
    const changed = other.flatMap(({ id }) => (known.has(id) ? [id] : []));
    if (changed.length > 0) await intake.remove(name, changed);
    if (other.length > 0) await intake.put(name, other);
  }

  /** Removes what an earlier attempt left and the source has lost since, then compares the rest. */
  async function compareOne(name: CollectionName): Promise<Count> {
    const { tally, ids } = given[name];
    const found = createTally();
    const extra: string[] = [];
    for await (const docs of pagesOf(intake, name)) {
      for (const doc of docs) {
        if (ids.has(doc.id)) found.add(doc);
        else extra.push(doc.id);
      }
    }
    for (let at = 0; at < extra.length; at += REMOVED_AT_ONCE)
      await intake.remove(name, extra.slice(at, at + REMOVED_AT_ONCE));
    const [wanted, there] = [tally.count(), found.count()];
    if (wanted.documents === there.documents && wanted.checksum === there.checksum) return there;
    const message =
      `${name}: ${wanted.documents} documents were read and ${there.documents} are in ${shown}, or they differ. ` +
      'Nothing was replaced. Run this again; if it stays so, look at the log of the database.';
    throw new GradeportError('internal', message);
  }

  return {
    add,
    async compare() {
      const counts: Partial<Counts> = {};
      for (const name of collectionNames) counts[name] = await compareOne(name);
      return counts as Counts;
    },
  };
}

export const mapOf = <T>(make: () => T): { [N in CollectionName]: T } =>
  Object.fromEntries(collectionNames.map((name) => [name, make()])) as { [N in CollectionName]: T };
