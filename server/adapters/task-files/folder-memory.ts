/** Remembers folders that were kept before, so that a submission to an unchanged task reads no files. */
import { lookAt } from './look.ts';

/** Looking at this many takes about half a millisecond. */
const MOST_ENTRIES_EACH_TIME = 100;
/** A larger folder is looked at once a second, as the catalogue of courses looks at task files. */
const FRESH_MS = 1000;

/** File systems keep times in steps of some ms: what changed just now may change again without a trace. */
const SETTLED_AFTER_MS = 100;

/** The stamp of every folder that is too large or not readable. */
export const CANNOT_BE_KEPT = 'cannot be kept';

type Kept = { bundle: string | null; stamp: string; changedAt: number; entryCount: number };

export type FolderMemory = {
  /** The bundle of a folder that is as it was; null: it cannot be kept; undefined: it is new, or has changed. */
  unchanged(folder: string): Promise<string | null | undefined>;
  remember(folder: string, kept: Kept): void;
  /** Forgets every folder that was kept as this bundle. */
  forget(bundle: string): void;
};

/** @param clock in ms */
export function createFolderMemory(clock: () => number): FolderMemory {
  const seen = new Map<string, Kept & { at: number; isSettled: boolean }>();

  return {
    async unchanged(folder) {
      const last = seen.get(folder);
      if (!last?.isSettled) return undefined;
      const isLarge = last.bundle === null || last.entryCount > MOST_ENTRIES_EACH_TIME;
      if (isLarge && Math.abs(clock() - last.at) < FRESH_MS) return last.bundle;
      const at = clock();
      const stamp = (await lookAt(folder).catch(() => null))?.stamp ?? CANNOT_BE_KEPT;
      if (stamp !== last.stamp || seen.get(folder) !== last) return undefined;
      seen.set(folder, { ...last, at });
      return last.bundle;
    },
    remember(folder, kept) {
      const at = clock();
      seen.set(folder, { ...kept, at, isSettled: Math.abs(at - kept.changedAt) > SETTLED_AFTER_MS });
    },
    forget(bundle) {
      for (const [folder, last] of seen) if (last.bundle === bundle) seen.delete(folder);
    },
  };
}
