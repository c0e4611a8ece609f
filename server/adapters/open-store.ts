/** Chooses the store by the configuration: SQLite in the data folder, or a MongoDB database. */
import { join } from 'node:path';
import type { Store } from '../ports/store.ts';
import { makeDataFolder } from './sqlite/folder/data-folder.ts';
import { lockFolder } from './sqlite/folder/folder-lock.ts';
import { openSqliteStore } from './sqlite/open.ts';

export type StorePlace = {
  /** The data folder; with MongoDB it keeps everything but documents and uploads. */
  data: string;
  /** A MongoDB connection string with a database; null: SQLite in the data folder. */
  store: string | null;
};

/** Opens the store for the one server of an installation. */
export async function openStore({ data, store: url }: StorePlace, clock = Date.now): Promise<Store> {
  if (url === null) return openSqliteStore(data, { clock });
  makeDataFolder(data);
  using undo = new DisposableStack();
  // The data folder is locked as well: it holds the runs in progress.
  const lock = lockFolder(data, clock);
  undo.defer(() => lock.release());
  const store = await (await mongo()).openMongoStore(url, { clock, backups: join(data, 'backups') });
  const open = undo.move();
  return {
    ...store,
    async close() {
      await store.close();
      open.dispose();
    },
  };
}

/** Opens the store for a command that may run beside the server: does not take the server's lock. */
export async function openStoreBesideServer({ data, store: url }: StorePlace): Promise<Store> {
  if (url === null) return openSqliteStore(data, { lock: false });
  return (await mongo()).openMongoStore(url, { lock: false });
}

/** Loaded only when it is used: the driver is half as large as the rest of a command. */
const mongo = () => import('./mongo/open.ts');
