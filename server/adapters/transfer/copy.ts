/** Copies one store into another: documents and uploads, compared before they take effect. The source is unchanged. */

import type { Blobs } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { openIntake } from './intake/open-intake.ts';
import { createLanes } from './lanes.ts';
import { type Counts, createLoader } from './load.ts';
import { missingBlobs, readBlob } from './missing-blobs.ts';
import { openLockedSource } from './open-source.ts';
import { createReferences } from './references.ts';
import { pagesOf, READING_ORDER } from './source.ts';
import { isSameStore, type StoreRef } from './store-ref.ts';

export type TransferNews = {
  /** Reports progress in one line; called often. */
  progress(line: string): void;
  stopped: AbortSignal;
};
export type CopyOptions = { replace: boolean; allowMissing: boolean };
export type Copied = { collections: Counts; blobs: BlobCount; missing: string[] };
export type BlobCount = { files: number; bytes: number };

export async function copyStore(
  from: StoreRef,
  to: StoreRef,
  { replace, allowMissing }: CopyOptions,
  news: TransferNews,
): Promise<Copied> {
  if (isSameStore(from, to)) throw new GradeportError('usage', `${to.shown} is both source and destination.`);
  await using undo = new AsyncDisposableStack();
  const source = await openLockedSource(from);
  undo.defer(() => source.close());
  const by = `store copy ${from.shown} ${to.shown}`;
  const intake = await openIntake(to, { by, replace });
  undo.defer(() => intake.close());
  const loader = createLoader(intake, to.shown);
  const references = createReferences();
  for (const name of READING_ORDER) {
    let count = 0;
    for await (const docs of pagesOf(source, name)) {
      news.stopped.throwIfAborted();
      for (const doc of docs) references.add(name, doc);
      await loader.add(name, docs);
      count += docs.length;
      news.progress(`${name}: ${count} documents`);
    }
  }
  const keys = [...references.blobs];
  const { missing, ...blobs } = await copyBlobs(source.blobs, intake.blobs, keys, news);
  if (missing.length > 0 && !allowMissing) throw missingBlobs(from.shown, missing);
  news.progress('Comparing …');
  const collections = await loader.compare();
  news.stopped.throwIfAborted();
  await intake.swap();
  return { collections, blobs, missing };
}

/** Skips blobs that are there already: a key says what the content is. */
async function copyBlobs(
  from: Blobs,
  to: Blobs,
  keys: readonly string[],
  { progress, stopped }: TransferNews,
): Promise<BlobCount & { missing: string[] }> {
  const there = await sizesOf(to);
  const missing: string[] = [];
  const total = { files: 0, bytes: 0 };
  const lanes = createLanes();
  async function carry(key: string): Promise<void> {
    const known = there.get(key);
    const content = known === undefined ? await readBlob(from, key) : null;
    if (content !== null) await lanes.add(content.length, () => to.put(content));
    else if (known === undefined) return void missing.push(key);
    total.files += 1;
    total.bytes += known ?? content?.length ?? 0;
    progress(`uploads: ${total.files} of ${keys.length}`);
  }
  try {
    for (const key of keys) {
      stopped.throwIfAborted();
      await carry(key);
    }
    await lanes.empty();
  } finally {
    await lanes.settled();
  }
  return { ...total, missing: missing.sort() };
}

async function sizesOf(blobs: Blobs): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of blobs.list()) sizes.set(key, size);
  return sizes;
}
