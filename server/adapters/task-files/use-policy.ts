/** Which copies of bundles are removed, and what of them: rules on values. uses.ts acts on them. */

export const HOUR_MS = 3_600_000;

/** How long ago a copy was last used: as its date on disk says, and by this process (infinite: it never was). */
export type Unused = { onDiskMs: number; hereMs: number };

/** A submission that names a bundle may be on its way. */
export const mayGo = ({ onDiskMs, hereMs }: Unused, unusedMs: number): boolean =>
  onDiskMs >= HOUR_MS && hereMs >= unusedMs;

/** @param isNamed whether a submission names the bundle; a draft is never named */
export function whatGoes(
  { isDraft, isNamed }: { isDraft: boolean; isNamed: boolean },
  unused: Unused,
  unusedMs: number,
): 'copy' | 'copy and blob' | null {
  if (!mayGo(unused, unusedMs)) return null;
  if (isDraft) return 'copy';
  if (!isNamed) return 'copy and blob';
  return unused.onDiskMs < unusedMs ? null : 'copy';
}
