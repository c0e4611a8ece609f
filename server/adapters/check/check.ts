/** Every check of a store; the checks need no server, and may run beside one. */
import { openStoreBesideServer } from '../open-store.ts';
import type { TransferNews } from '../transfer/copy.ts';
import { refuseMissing } from '../transfer/open-source.ts';
import type { StoreRef } from '../transfer/store-ref.ts';
import { checkDocuments } from './documents.ts';
import type { Finding } from './finding.ts';

export async function checkStore(
  ref: StoreRef,
  options: { repair: boolean; now: number },
  news: TransferNews,
): Promise<Finding[]> {
  await refuseMissing(ref);
  const { findings, isReadable } = await ownChecks(ref, options);
  if (!isReadable) return findings;
  const place = ref.kind === 'sqlite' ? { data: ref.folder, store: null } : { data: '', store: ref.url };
  const store = await openStoreBesideServer(place);
  try {
    return [...findings, ...(await checkDocuments(store, news))];
  } finally {
    await store.close();
  }
}

async function ownChecks(ref: StoreRef, options: { repair: boolean; now: number }) {
  if (ref.kind === 'sqlite') return (await import('./sqlite.ts')).checkSqlite(ref.folder, options);
  return (await import('./mongo.ts')).checkMongo(ref.url, options);
}
