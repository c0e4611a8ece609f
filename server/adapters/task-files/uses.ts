/** When each bundle was last used, which decides whether its copy is removed. */
import type { Copy, LocalCopies } from './local-copies.ts';
import { HOUR_MS, mayGo, type Unused, whatGoes } from './use-policy.ts';

type UsesDeps = { copies: Pick<LocalCopies, 'used'>; unusedMs: number; clock(): number };

export function createUses({ copies, unusedMs, clock }: UsesDeps) {
  const usedAt = new Map<string, number>();

  return {
    note(bundle: string): void {
      const now = clock();
      const last = usedAt.get(bundle);
      usedAt.set(bundle, now);
      // The date on disk is for the next process.
      if (last !== undefined && now - last > HOUR_MS) void copies.used(bundle, new Date(now)).catch(() => {});
    },

    async whatGoes(copy: Copy, isNamed: (bundle: string) => Promise<boolean>) {
      const { name, isDraft } = copy;
      const onDiskMs = clock() - copy.usedAt;
      const unused = (): Unused => ({
        onDiskMs,
        hereMs: clock() - (usedAt.get(name) ?? Number.NEGATIVE_INFINITY),
      });
      if (!mayGo(unused(), unusedMs)) return null;
      const named = !isDraft && (await isNamed(name));
      // It may have been used while the store was asked.
      return whatGoes({ isDraft, isNamed: named }, unused(), unusedMs);
    },
  };
}
