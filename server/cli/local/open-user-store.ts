/** The user accounts for commands; a server may run at the same time. */
import { existsSync } from 'node:fs';
import { openStoreBesideServer } from '../../adapters/open-store.ts';
import { loadConfig } from '../../config/config.ts';
import type { UserDeps } from '../../people/user-verbs.ts';
import { createUsers } from '../../people/users.ts';
import { GradeportError } from '../../rules/errors.ts';

export type Common = { data?: string; json?: boolean };

export async function withUsers<T>(
  options: Common,
  use: (deps: UserDeps) => Promise<T>,
  create = false,
): Promise<T> {
  const config = loadConfig({ data: options.data });
  if (!create && config.store === null && !existsSync(config.data)) {
    throw new GradeportError('not-found', `There is no installation in ${config.data}; see --data.`);
  }
  const store = await openStoreBesideServer(config);
  try {
    return await use({ users: createUsers(store, Date.now) });
  } finally {
    await store.close();
  }
}
