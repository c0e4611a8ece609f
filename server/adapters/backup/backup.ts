/** Backs a store up into one file, beside its server. The file gets its name once it was read back and is complete. */
import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SCHEMA_VERSION } from '../../model/schema-version.ts';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import type { TransferNews } from '../transfer/copy.ts';
import { openLiveSource } from '../transfer/open-source.ts';
import type { StoreRef } from '../transfer/store-ref.ts';
import { type Checks, FORMAT, FORMAT_VERSION } from './format.ts';
import { readArchive } from './read.ts';
import { archiveOf } from './write.ts';

export type BackupOptions = { allowMissing: boolean; gradeport: string; at: Date };
export type BackedUp = Pick<Checks, 'collections' | 'blobs' | 'missing'> & { file: string; bytes: number };

export async function backupStore(
  from: StoreRef,
  file: string,
  { allowMissing, gradeport, at }: BackupOptions,
  news: TransferNews,
): Promise<BackedUp> {
  if (existsSync(file))
    throw new GradeportError('conflict', `${file} is there already. Name another file, or delete it.`);
  const draft = `${file}.part`;
  const source = await openLiveSource(from);
  const manifest = {
    ...({ format: FORMAT, version: FORMAT_VERSION, gradeport, schema: SCHEMA_VERSION } as const),
    createdAt: at.toISOString(),
    source: from.kind,
  };
  let checks: Checks | null = null;
  const wrote = (said: Checks): void => {
    checks = said;
  };
  try {
    // Left by a backup that was killed. A link that somebody put there is removed, not followed.
    await rm(draft, { force: true });
    const bytes = archiveOf({ source, shown: from.shown, manifest, allowMissing, news, wrote });
    const target = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(bytes, createGzip(), target, { signal: news.stopped });
    news.progress('Reading it back …');
    const read = await readArchive(draft, { documents: async () => {}, blob: async () => {} }, news.stopped);
    await rename(draft, file);
    await syncFolder(dirname(file));
    const { collections, blobs, missing } = checks ?? read.checks;
    return { file, bytes: (await stat(file)).size, collections, blobs, missing };
  } catch (error) {
    if (!isNoSpace(error) || error instanceof GradeportError) throw error;
    const message = `The disk that holds ${file} is full: free some space, or name another place.`;
    throw new GradeportError('no-space', message, { cause: error });
  } finally {
    await Promise.all([source.close(), rm(draft, { force: true })]);
  }
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
