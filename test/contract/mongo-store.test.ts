import { onTestFinished } from 'vitest';
import { openMongoStore } from '../../server/adapters/mongo/open.ts';
import type { Store } from '../../server/ports/store.ts';
import { freshDatabase } from '../support/mongo/fresh-database.ts';
import { sharedMongoServer } from '../support/mongo/server.ts';
import { storeContract } from './store.contract.ts';

const server = await sharedMongoServer();

async function open(url: string, lock: boolean): Promise<Store> {
  const store = await openMongoStore(url, { lock });
  onTestFinished(() => store.close());
  return store;
}

storeContract(`MongoDB (${server.name})`, async () => {
  const url = server.url(freshDatabase());
  return { store: await open(url, true), again: () => open(url, false) };
});
