/**
 * Volumes that are filled once and then only read, named by what they hold. A second volume, empty and with the same
 * mark, says that the first is complete: an engine that does not know a volume makes an empty one of that name, and a
 * process may end while it fills one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { z } from 'zod';
import type { Content } from '../../../ports/engine/volumes.ts';
import { asking, statusOf, unlessGone } from '../errors.ts';
import { idleContainer } from './idle-container.ts';
import { type Tree, treeOf } from './pack-tree.ts';

/** On a volume that holds content, and on the one that says so: the same mark. */
export const CONTENT_LABEL = 'org.gradeport.content';
export const completionOf = (name: string): string => `${name}.complete`;

/** Another process fills the volume: how often it is looked at, and when that process counts as dead. */
const LOOK_AGAIN_MS = 50;
const FILLING_MS = 60_000;
/** A volume that was not asked for in this time may go; it is made again when needed. */
export const UNUSED_MS = 24 * 3_600_000;
const PLACE = '/fill';

const volumeSchema = z.object({ Labels: z.record(z.string(), z.string()).nullish() });

export type Contents = {
  holding(what: string, content: Content): Promise<string>;
  /** The volumes that were asked for in the last hours. */
  inUse(): ReadonlySet<string>;
  doubt(): void;
};

export function createContents(docker: Docker): Contents {
  const ready = new Map<string, Promise<string>>();
  const usedAt = new Map<string, number>();
  const hashes = new Map<string, Promise<string>>();

  function hashOf({ stamp, hash }: Tree): Promise<string> {
    const known = hashes.get(stamp) ?? hash();
    hashes.set(stamp, known);
    known.catch(() => hashes.delete(stamp));
    return known;
  }

  return {
    async holding(what, content) {
      const tree = 'folder' in content ? await treeOf(content.folder) : written(content.files);
      const name = `gradeport-${what}-${(await hashOf(tree)).slice(0, 32)}`;
      usedAt.set(name, performance.now());
      const known = ready.get(name);
      if (known) return known;
      const made = untilComplete(docker, name, tree);
      ready.set(name, made);
      made.catch(() => ready.delete(name));
      return made;
    },
    inUse() {
      for (const [name, at] of usedAt) {
        if (performance.now() - at < UNUSED_MS) continue;
        usedAt.delete(name);
        ready.delete(name);
      }
      return new Set(usedAt.keys());
    },
    doubt: () => ready.clear(),
  };
}

/** Files that are written down are few and small. */
function written(files: Readonly<Record<string, string>>): Tree {
  const stamp = JSON.stringify(files);
  return {
    stamp,
    hash: async () => createHash('sha256').update(stamp).digest('hex'),
    pack() {
      const pack = tar.pack();
      for (const [name, text] of Object.entries(files)) pack.entry({ name, mode: 0o644 }, text);
      pack.finalize();
      return pack;
    },
  };
}

async function untilComplete(docker: Docker, name: string, tree: Tree): Promise<string> {
  const until = performance.now() + FILLING_MS;
  while (!(await isComplete(docker, name))) {
    const lock = await lockFor(docker, name);
    if (lock === null) {
      // The process that began may be gone. Then this one takes its lock away, and the next turn begins anew.
      if (performance.now() > until) await unlessGone(() => takeAway(docker.getContainer(lockOf(name))));
      await pause(LOOK_AGAIN_MS);
      continue;
    }
    try {
      if (!(await isComplete(docker, name))) await fill(docker, name, tree);
    } finally {
      await unlessGone(() => takeAway(lock));
    }
  }
  return name;
}

const lockOf = (name: string): string => `${name}-filling`;
const takeAway = (container: Docker.Container) => container.remove({ force: true, v: true });

/** null: another process fills the volume. Only one container may have this name. */
async function lockFor(docker: Docker, name: string): Promise<Docker.Container | null> {
  return idleContainer(docker, [], lockOf(name)).catch((error: unknown) => {
    if (statusOf(error) === 409) return null;
    throw error;
  });
}

async function isComplete(docker: Docker, name: string): Promise<boolean> {
  const [mark, complete] = await Promise.all([markOf(docker, name), markOf(docker, completionOf(name))]);
  return mark !== null && mark === complete;
}

/** null: there is no such volume, or the engine made an empty one. */
async function markOf(docker: Docker, name: string): Promise<string | null> {
  const found = await asking(() => docker.getVolume(name).inspect()).catch((error: unknown) => {
    if (statusOf(error) === 404) return {};
    throw error;
  });
  return volumeSchema.parse(found).Labels?.[CONTENT_LABEL] ?? null;
}

async function fill(docker: Docker, name: string, tree: Tree): Promise<void> {
  const labels = { [CONTENT_LABEL]: randomUUID() };
  const make = (volume: string) =>
    asking(() => docker.createVolume({ Name: volume, Driver: 'local', Labels: labels }));
  for (const old of [completionOf(name), name])
    await unlessGone(() => docker.getVolume(old).remove({ force: false }));
  await make(name);
  const mounts = [{ Type: 'volume' as const, Source: name, Target: PLACE }];
  const container = await idleContainer(docker, mounts);
  try {
    await putTar(container, PLACE, (failed) => tree.pack(failed));
  } finally {
    await unlessGone(() => takeAway(container));
  }
  await make(completionOf(name));
}

/** @param packed makes the tar; it reports what makes that impossible, and then never ends */
export async function putTar(
  container: Docker.Container,
  path: string,
  packed: (failed: (error: unknown) => void) => AsyncIterable<unknown>,
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const over = new AbortController();
  const stream = Readable.from(
    packed((error) => {
      failed.reject(error);
      over.abort();
    }),
  );
  const put = asking(() => container.putArchive(stream, { path, abortSignal: over.signal }));
  put.catch(() => {});
  await Promise.race([failed.promise, put]);
}
