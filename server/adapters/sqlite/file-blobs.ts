/** Bytes in files named by their SHA-256: blobs/ab/abcd…; a file appears whole and on disk, or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from '../../ports/store.ts';
import { isNoSpace } from '../../rules/errors.ts';
import { AS_IT_IS } from '../../rules/files/open-flags.ts';
import {
  BLOB_KEY,
  blobTooLarge,
  damagedBlob,
  hashOf,
  MAX_BLOB_BYTES,
  noSuchBlob,
} from '../documents/blobs.ts';
import { noSpace } from './errors.ts';

const SHELF = /^[0-9a-f]{2}$/;

export function createFileBlobs(dataFolder: string, maxBytes = MAX_BLOB_BYTES): Blobs {
  const folder = join(dataFolder, 'blobs');
  const drafts = draftsOf(dataFolder);
  const shelfOf = (key: string): string => join(folder, key.slice(0, 2));

  async function put(content: Uint8Array): Promise<string> {
    if (content.byteLength > maxBytes) throw blobTooLarge(content.byteLength, maxBytes);
    const key = hashOf(content);
    const file = join(shelfOf(key), key);
    try {
      for (const each of [drafts, shelfOf(key)]) await mkdir(each, { recursive: true, mode: 0o700 });
      if ((await sizeOf(file)) !== content.byteLength)
        await writeWhole(join(drafts, randomUUID()), file, content);
      // The names must survive a power cut as well: the file's in its shelf, the shelf's in the folder.
      for (const parent of [shelfOf(key), folder]) await syncFolder(parent);
    } catch (error) {
      throw isNoSpace(error) ? noSpace(dataFolder, error) : error;
    }
    return key;
  }

  async function get(key: string): Promise<Buffer> {
    if (!BLOB_KEY.test(key)) throw noSuchBlob(key);
    const content = await readBounded(join(shelfOf(key), key), maxBytes);
    if (content === null) throw noSuchBlob(key);
    if (hashOf(content) !== key) {
      throw damagedBlob(key);
    }
    return content;
  }

  async function* list(): AsyncGenerator<{ key: string; size: number }> {
    for (const shelf of await namesIn(folder, SHELF)) {
      for (const key of await namesIn(join(folder, shelf), BLOB_KEY)) {
        const size = await sizeOf(join(folder, shelf, key));
        if (size !== null) yield { key, size };
      }
    }
  }

  async function remove(key: string): Promise<boolean> {
    const file = join(shelfOf(key), key);
    if (!BLOB_KEY.test(key) || (await sizeOf(file)) === null) return false;
    await rm(file, { force: true });
    return true;
  }

  return { put, get, list, remove };
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.filter((name) => pattern.test(name)).sort();
}

/** Where a file is written before it gets its name. */
export const draftsOf = (dataFolder: string): string => join(dataFolder, 'blobs', 'drafts');

/** Deletes what a killed process left half written. Only for the holder of the folder's lock. */
export async function clearDrafts(dataFolder: string): Promise<void> {
  await rm(draftsOf(dataFolder), { recursive: true, force: true });
}

async function writeWhole(draft: string, file: string, content: Uint8Array): Promise<void> {
  try {
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, file);
}

async function readBounded(file: string, maxBytes: number): Promise<Buffer | null> {
  try {
    await using handle = await open(file, AS_IT_IS);
    const found = await handle.stat();
    return found.isFile() && found.size <= maxBytes ? await handle.readFile() : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function sizeOf(file: string): Promise<number | null> {
  const found = await stat(file).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  return found?.isFile() ? found.size : null;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP');
