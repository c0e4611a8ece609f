/**
 * What a container mounts before its runtime begins, in a mount namespace that ends with it: the image's files, and the
 * folders that many containers read. Two runs that saw the same file could talk through locks on it or watch each other
 * open it; through an overlay of its own each run has a file of its own.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MountLine } from '../../text/mount-table.ts';
import type { Holder } from './mount-namespace.ts';
import type { DirectMount } from './oci-config.ts';

/** Further ones are mounted as they are; no run has so many folders. */
const MOST = 8;

export type OwnMounts = {
  /** The mounts of a container, with its own overlay in place of each folder that others read, and the lines for them. */
  of(mounts: readonly DirectMount[]): Promise<{ mounts: DirectMount[]; lines: MountLine[] }>;
};

/** @param isFolder of a path on this machine */
export function createOwnMounts(
  holder: Holder,
  folder: string,
  isFolder: (path: string) => boolean,
): OwnMounts {
  const places = Array.from({ length: MOST }, (_, index) => join(folder, String(index)));
  const empty = join(folder, 'empty');
  const probe = join(folder, 'probe');
  for (const path of [folder, empty, probe, ...places]) mkdirSync(path, { mode: 0o755 });
  /** An overlay needs a second folder below it. */
  const options = (source: string) => `ro,nosuid,nodev,lowerdir=${source}:${empty}`;
  const known = new Map<string, Promise<boolean>>();

  /** Not every file system can be below an overlay, and no path with these characters. */
  async function mayBe(source: string): Promise<boolean> {
    if (/[,:\\"]/.test(source)) return false;
    try {
      await holder.run('mount', ['-n', '-t', 'overlay', '-o', options(source), 'overlay', probe]);
      await holder.run('umount', ['-n', '-l', probe]);
      return true;
    } catch {
      return false;
    }
  }
  const isPossible = (source: string): Promise<boolean> => {
    const answer = known.get(source) ?? mayBe(source);
    known.set(source, answer);
    return answer;
  };

  return {
    async of(mounts) {
      const lines: MountLine[] = [];
      const own: DirectMount[] = [];
      for (const mount of mounts) {
        const place = places[lines.length];
        const isShared = mount.readOnly && place !== undefined && isFolder(mount.source);
        if (place === undefined || !isShared || !(await isPossible(mount.source))) own.push(mount);
        else {
          lines.push(['overlay', place, 'overlay', options(mount.source)]);
          own.push({ ...mount, source: place });
        }
      }
      return { mounts: own, lines };
    },
  };
}
