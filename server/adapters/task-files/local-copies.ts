/** Bundles as folders on this machine: <folder>/<hash>/<name of the task>. A copy is there whole, or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { BLOB_KEY, hashOf } from '../documents/blobs.ts';
import { packFolder } from './pack.ts';
import { unpackInto } from './unpack.ts';

const DRAFT = /^new-/;

/** `usedAt` in ms. A draft is what an earlier process did not finish. */
export type Copy = { name: string; isDraft: boolean; usedAt: number };

export type LocalCopies = {
  /** Finds a copy; null: there is none, or it is damaged. */
  find(bundle: string): Promise<string | null>;
  /** @returns where the copy is */
  write(bundle: string, bytes: Buffer): Promise<string>;
  list(): AsyncIterable<Copy>;
  used(bundle: string, at: Date): Promise<void>;
  remove(name: string): Promise<void>;
};

export function createLocalCopies(folder: string): LocalCopies {
  const remove = (name: string) => rm(join(folder, name), { recursive: true, force: true });

  return {
    remove,
    async find(bundle) {
      const [name, ...others] = await namesIn(join(folder, bundle));
      if (name === undefined || others.length > 0) return null;
      const path = join(folder, bundle, name);
      return (await contentHash(path)) === bundle ? path : null;
    },
    async write(bundle, bytes) {
      const draft = join(folder, `new-${randomUUID()}`);
      await mkdir(draft, { recursive: true, mode: 0o700 });
      try {
        await unpackInto(draft, bytes);
        await rename(draft, join(folder, bundle));
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        // Another process was quicker: its copy has the same content.
        if (!isThere(error) || (await namesIn(join(folder, bundle))).length === 0) throw error;
      }
      const [name = ''] = await namesIn(join(folder, bundle));
      return join(folder, bundle, name);
    },
    async *list() {
      for (const name of await namesIn(folder)) {
        const isDraft = DRAFT.test(name);
        if (!isDraft && !BLOB_KEY.test(name)) continue;
        const info = await stat(join(folder, name)).catch(() => null);
        if (info) yield { name, isDraft, usedAt: info.mtimeMs };
      }
    },
    used: (bundle, at) => utimes(join(folder, bundle), at, at),
  };
}

/** null: the folder cannot be read as a bundle. */
async function contentHash(path: string): Promise<string | null> {
  const packed = await packFolder(path).catch(() => null);
  return packed === null || packed === 'changing' ? null : hashOf(packed.bytes);
}

const isThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
