/** Which store a test run is about: SQLite in each data folder, and MongoDB in `npm run test:stores`. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { withDatabase } from '../mongo/given-server.ts';

/** Set by run-server.ts, so that child processes know it as well. */
export const SERVER_VARIABLE = 'GRADEPORT_TEST_STORE_SERVER';
export const PREFIX_VARIABLE = 'GRADEPORT_TEST_STORE_PREFIX';

/** A data folder has a database of its own, which is the same one when the test opens the folder again. */
export function storeUrlOf(folder: string): string | null {
  const { [SERVER_VARIABLE]: server, [PREFIX_VARIABLE]: prefix } = process.env;
  if (!server || !prefix) return null;
  const hash = createHash('sha256').update(resolve(folder)).digest('hex');
  return withDatabase(server, `${prefix}${hash.slice(0, 16)}`);
}
