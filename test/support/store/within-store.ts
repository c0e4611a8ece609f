/** Opens the store that a command names, as a server or as the program of one kind of store. */
import { openMongoStore } from '../../../server/adapters/mongo/open.ts';
import { openSqliteStore } from '../../../server/adapters/sqlite/open.ts';
import type { StoreRef } from '../../../server/adapters/transfer/store-ref.ts';
import type { Store } from '../../../server/ports/store.ts';

export const openRef = (ref: StoreRef): Promise<Store> =>
  ref.kind === 'sqlite' ? openSqliteStore(ref.folder) : openMongoStore(ref.url);

/** Closes the store afterwards. */
export async function within<T>(ref: StoreRef, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openRef(ref);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
