/** Migrations for tests: none of them bears to be done twice. */
import type { Migration, Schema } from '../../../server/adapters/migrations/migrations.ts';

const exclaim = (to: number, mark: string, seen: () => void): Migration => ({
  to,
  collection: 'users',
  change(doc) {
    seen();
    return { ...doc, displayName: `${String(doc['displayName'])}${mark}` };
  },
});

/** Two versions ahead of the first: users get "!" and then "?" and "."; runs get another task. */
export const exclaiming = (seen: () => void = () => {}): Schema => ({
  version: 3,
  migrations: [
    exclaim(2, '!', seen),
    { to: 3, collection: 'runs', change: (doc) => ({ ...doc, task: `${String(doc['task'])}-new` }) },
    exclaim(3, '?', seen),
    exclaim(3, '.', seen),
    { to: 3, collection: 'ofALaterVersion', change: (doc) => doc },
  ],
});
