/** Chooses the store by config. */
import type { Store } from './port.ts';
import { openSqliteStore } from './sqlite.ts';

export type StoreConfig = { kind: 'sqlite'; folder: string };

export function openStore(config: StoreConfig, clock?: () => number): Promise<Store> {
  return openSqliteStore(config.folder, clock ? { clock } : {});
}

/** For a command that may run beside the server: does not take the server's lock. */
export const openStoreBesideServer = (config: StoreConfig): Promise<Store> =>
  openSqliteStore(config.folder, { lock: false });
