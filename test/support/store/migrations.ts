/** Migrations for tests: none of them bears to be done twice. */
import {
  CURRENT_SCHEMA,
  type Migration,
  type Schema,
} from '../../../server/adapters/migrations/migrations.ts';
import { SCHEMA_VERSION } from '../../../server/model/schema-version.ts';

const exclaim = (to: number, mark: string, seen: () => void): Migration => ({
  to,
  collection: 'users',
  change(doc) {
    seen();
    return { ...doc, displayName: `${String(doc['displayName'])}${mark}` };
  },
});

/** Two versions ahead of today's. */
export const [NEXT, LAST] = [SCHEMA_VERSION + 1, SCHEMA_VERSION + 2] as const;

/** Users get "!" and then "?" and "."; runs get another task. */
export const exclaiming = (seen: () => void = () => {}): Schema => ({
  version: LAST,
  migrations: [
    ...CURRENT_SCHEMA.migrations,
    exclaim(NEXT, '!', seen),
    { to: LAST, collection: 'runs', change: (doc) => ({ ...doc, task: `${String(doc['task'])}-new` }) },
    exclaim(LAST, '?', seen),
    exclaim(LAST, '.', seen),
    { to: LAST, collection: 'ofALaterVersion', change: (doc) => doc },
  ],
});
