/**
 * The files of an image, for containers to be mounted read-only. A container of the engine that never starts keeps the
 * image's layers while we use them, and its own layer holds the empty places for our mounts. Each container mounts them
 * anew, in a mount namespace that ends with it: with one mount for all, they could talk through locks on its files.
 * Format: Linux' Documentation/filesystems/overlayfs.rst.
 */
import { chmodSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { z } from 'zod';
import { FILES_LABEL } from '../../ports/engine/container-labels.ts';
import { asking, unlessGone } from '../docker/errors.ts';
import type { Holder } from './mount-namespace.ts';
import type { PlaceKind } from './oci-config.ts';

export type Rootfs = {
  /** Where the root file system is to be mounted. */
  path: string;
  /** The options of the overlay that it is. */
  options: string;
  /** What the image sets, NAME=value. */
  env: readonly string[];
};

/** The image cannot be started directly; the engine can start it. */
export class NotHere extends Error {}

/** mount(2) takes one page of options. */
const MAX_OPTIONS = 4000;
/** Long enough for the next run of the same image; short, because removing the image has to wait for it. */
const LINGER_MS = 3_000;

const layersSchema = z.object({
  GraphDriver: z.object({
    Name: z.literal('overlay2'),
    Data: z.object({ LowerDir: z.string(), UpperDir: z.string(), WorkDir: z.string() }),
  }),
  Config: z.object({ Env: z.array(z.string()).nullish() }),
});

type Prepared = Rootfs & { close(): Promise<void> };
type Entry = { prepared: Promise<Prepared>; uses: number; timer: NodeJS.Timeout | undefined };

/** @param owner our state folder: a sweep recognises by it whose containers were left behind */
export function createRootfses(docker: Docker, holder: Holder, folder: string, owner: string) {
  const entries = new Map<string, Entry>();
  let count = 0;

  async function open(image: string, places: ReadonlyMap<string, PlaceKind>): Promise<Prepared> {
    const container = await asking(() =>
      docker.createContainer({
        Image: image,
        Entrypoint: ['/none'],
        Cmd: [],
        NetworkDisabled: true,
        Labels: { [FILES_LABEL]: owner },
        HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
      }),
    );
    const remove = () => unlessGone(() => container.remove({ force: true, v: true }));
    count += 1;
    const path = join(folder, String(count));
    try {
      const read = layersSchema.safeParse(await asking(() => container.inspect()));
      if (!read.success) throw new NotHere('the engine does not keep its images as overlay2 does');
      await mkdir(path, { mode: 0o700 });
      const options = await prepare(holder, read.data.GraphDriver.Data, path, places);
      const close = async () => {
        await rmdir(path).catch(() => {});
        await remove();
      };
      return { path, options, env: read.data.Config.Env ?? [], close };
    } catch (error) {
      await remove().catch(() => {});
      throw error;
    }
  }

  const drop = async (key: string, entry: Entry): Promise<void> => {
    entries.delete(key);
    clearTimeout(entry.timer);
    // A failed preparation leaves nothing. The engine may be away: then a sweep finds what is left.
    await entry.prepared.then((prepared) => prepared.close()).catch(() => {});
  };

  return {
    /** @param places that its file system has, empty where the image has no such thing */
    async take(image: string, places: ReadonlyMap<string, PlaceKind>): Promise<Rootfs & { release(): void }> {
      const key = JSON.stringify([image, ...[...places].sort()]);
      const entry = entries.get(key) ?? { prepared: open(image, places), uses: 0, timer: undefined };
      entries.set(key, entry);
      clearTimeout(entry.timer);
      entry.uses += 1;
      const release = () => {
        entry.uses -= 1;
        if (entry.uses > 0 || entries.get(key) !== entry) return;
        entry.timer = setTimeout(() => void drop(key, entry), LINGER_MS).unref();
      };
      try {
        return { ...(await entry.prepared), release };
      } catch (error) {
        entry.uses -= 1;
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
    },
    async close(): Promise<void> {
      await Promise.all([...entries].map(([key, entry]) => drop(key, entry)));
    },
  };
}

type Layers = z.infer<typeof layersSchema>['GraphDriver']['Data'];

/** Makes the places in a layer. @returns the options of a mount that has them */
async function prepare(
  holder: Holder,
  { LowerDir, UpperDir, WorkDir }: Layers,
  path: string,
  places: ReadonlyMap<string, PlaceKind>,
): Promise<string> {
  const layers = `${UpperDir}:${LowerDir}`;
  if (layers.length > MAX_OPTIONS || /[,\\\s]/.test(layers)) throw new NotHere('it has too many layers');
  const options = `lowerdir=${LowerDir},upperdir=${UpperDir},workdir=${WorkDir}`;
  await holder.run('mount', ['-t', 'overlay', '-o', options, 'overlay', path]).catch((cause: unknown) => {
    throw new NotHere('its layers cannot be mounted here', { cause });
  });
  try {
    for (const [place, kind] of places) makePlace(holder.seen(path), place, kind);
  } finally {
    await holder.run('umount', [path]);
  }
  return `ro,nodev,lowerdir=${layers}`;
}

/** Never through a link: the image is a teacher's, and its links would lead out into our own files. */
function makePlace(root: string, place: string, kind: PlaceKind): void {
  const names = place.split('/').filter(Boolean);
  const path = names.reduce((above, name, index) => {
    const here = join(above, name);
    const isFile = kind === 'file' && index === names.length - 1;
    const found = lstatSync(here, { throwIfNoEntry: false });
    if (!found) {
      if (isFile) writeFileSync(here, '', { flag: 'wx', mode: 0o644 });
      else mkdirSync(here, { mode: 0o755 });
    } else if (isFile ? !found.isFile() : !found.isDirectory()) {
      throw new NotHere(`${place} is something else in its image`);
    }
    return here;
  }, root);
  if (kind === 'shared') chmodSync(path, 0o1777);
}
