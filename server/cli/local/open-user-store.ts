/** The store that commands about accounts write to; a server may run beside them. */
import { existsSync } from 'node:fs';
import { openStoreBesideServer } from '../../adapters/open-store.ts';
import { loadConfig } from '../../config/config.ts';
import type { User } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';

export type Common = { data?: string; json?: boolean };

export async function withStore<T>(
  options: Common,
  use: (store: Store) => Promise<T>,
  create = false,
): Promise<T> {
  const config = loadConfig({ data: options.data });
  if (!create && config.store === null && !existsSync(config.data)) {
    throw new GradeportError('not-found', `There is no installation in ${config.data}; see --data.`);
  }
  const store = await openStoreBesideServer(config);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

export async function found(search: Promise<User | null>, name: string): Promise<User> {
  const user = await search;
  if (!user) throw new GradeportError('not-found', `There is no user "${name}".`);
  return user;
}
