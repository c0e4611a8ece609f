/** Volumes over Docker's API (1.41). */

import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { Volumes } from '../../../ports/engine/volumes.ts';
import { asking, statusOf, unlessGone } from '../errors.ts';
import { unpackArchive } from '../files/copy-out.ts';
import { createContents, putTar } from './contents.ts';
import { idleContainer } from './idle-container.ts';
import { removeOnceUnused, sweepVolumes } from './sweep.ts';

const pathSchema = z.object({ Mountpoint: z.string() });

export function dockerVolumes(docker: Docker): Volumes {
  const contents = createContents(docker);
  const seen = new Map<string, Promise<string | null>>();
  return {
    async makeMemory(name, { bytes, files }, labels) {
      const o = `size=${bytes},nr_inodes=${files},mode=0777,nosuid,nodev`;
      const options = { type: 'tmpfs', device: 'tmpfs', o };
      await asking(() =>
        docker.createVolume({ Name: name, Driver: 'local', DriverOpts: options, Labels: labels }),
      );
    },
    holding: contents.holding,
    fileIn(volume, path) {
      const key = `${volume}/${path}`;
      const known = seen.get(key) ?? pathOnEngine(docker, volume, path);
      seen.set(key, known);
      known.catch(() => seen.delete(key));
      return known;
    },
    doubt() {
      contents.doubt();
      seen.clear();
    },
    remove: (name) => removeOnceUnused(docker, name),
    sweep: (label) => sweepVolumes(docker, label, contents.inUse()),
    putFiles: (id, folder, tar) => putTar(docker.getContainer(id), folder, () => tar),
    async copyOut(id, folder, into, limits) {
      const archive = await asking(() => docker.getContainer(id).getArchive({ path: folder }));
      return await unpackArchive(archive as unknown as Readable, into, limits, limits.unwanted);
    },
  };
}

/**
 * The engine says where a volume is on its own machine, and mounts a file of it when it is given that path again.
 * Whether this engine does is tried with a container that never starts.
 */
async function pathOnEngine(docker: Docker, volume: string, path: string): Promise<string | null> {
  const { Mountpoint } = pathSchema.parse(await asking(() => docker.getVolume(volume).inspect()));
  const source = `${Mountpoint}/${path}`;
  try {
    const mount = { Type: 'bind' as const, Source: source, Target: '/file', ReadOnly: true };
    const container = await idleContainer(docker, [mount]);
    await unlessGone(() => container.remove({ force: true, v: true }));
    return source;
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return null;
  }
}
