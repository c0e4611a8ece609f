/** A store as the test run wants it, for suites that are about what stands above the store. */
import { onTestFinished } from 'vitest';
import { openStore, openStoreBesideServer } from '../../../server/adapters/open-store.ts';
import type { Store } from '../../../server/ports/store.ts';
import { storeUrlOf } from './store-url.ts';
import { tempFolder } from './temp-folder.ts';
import { watched } from './watched.ts';

type TestStoreOptions = {
  clock?: () => number;
  /** false: as a command beside the server opens it. */
  lock?: boolean;
};

export async function openTestStore(
  folder: string,
  { clock, lock = true }: TestStoreOptions = {},
): Promise<Store> {
  const place = { data: folder, store: storeUrlOf(folder) };
  return watched(lock ? await openStore(place, clock) : await openStoreBesideServer(place));
}

/** Closed after the test. */
export async function tempTestStore(folder = tempFolder(), options: TestStoreOptions = {}): Promise<Store> {
  const store = await openTestStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}
