/** The copies of bundles that this process has checked or made. */
import { existsSync } from 'node:fs';
import type { LocalCopies } from './local-copies.ts';

export type BundleFolders = {
  /** @param bytes called where there is no complete copy */
  open(bundle: string, bytes: () => Promise<Buffer>): Promise<string>;
  forget(bundle: string): void;
};

export function createBundleFolders(copies: LocalCopies): BundleFolders {
  const opened = new Map<string, Promise<string>>();

  async function make(bundle: string, bytes: () => Promise<Buffer>): Promise<string> {
    const there = await copies.find(bundle);
    if (there !== null) return there;
    await copies.remove(bundle);
    return copies.write(bundle, await bytes());
  }

  return {
    async open(bundle, bytes) {
      const known = opened.get(bundle);
      // A person may have removed the copy, which would then be graded as an empty task.
      if (known && existsSync(await known)) return known;
      const other = opened.get(bundle);
      if (other && other !== known) return other;
      const copy = make(bundle, bytes);
      opened.set(bundle, copy);
      copy.catch(() => opened.get(bundle) === copy && opened.delete(bundle));
      return copy;
    },
    forget: (bundle) => void opened.delete(bundle),
  };
}
