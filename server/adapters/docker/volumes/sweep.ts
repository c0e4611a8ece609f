/** Removes volumes that no container uses any more; the engine refuses to remove one that is in use. */
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { SLOT_LABEL } from '../../../ports/engine/container-labels.ts';
import { asking, statusOf, unlessGone } from '../errors.ts';
import { CONTENT_LABEL, completionOf, UNUSED_MS } from './contents.ts';

/** Between a volume's making and its first container are seconds: one that is unused for longer was left by a process. */
const OLD_SLOT_MS = 10 * 60_000;

const listSchema = z.object({
  Volumes: z.array(z.object({ Name: z.string(), CreatedAt: z.string().optional() })).nullable(),
});
const clockSchema = z.object({ SystemTime: z.string() });

/** The engine takes a container away in the background, and as long as that lasts the container uses its volumes. */
const LETTING_GO_MS = 30_000;
const TRY_AGAIN_MS = 100;

/** Leaves one to the next sweep that is in use for longer. */
export async function removeOnceUnused(docker: Docker, name: string): Promise<void> {
  const until = performance.now() + LETTING_GO_MS;
  for (;;) {
    try {
      return await asking(() => docker.getVolume(name).remove({ force: false }));
    } catch (error) {
      const status = statusOf(error);
      if (status === 404 || (status === 409 && performance.now() > until)) return;
      if (status !== 409) throw error;
      await pause(TRY_AGAIN_MS);
    }
  }
}

/**
 * @param label name=value, of the volumes that are removed whatever their age; null: there are none
 * @param inUse content that this process uses
 */
export async function sweepVolumes(
  docker: Docker,
  label: string | null,
  inUse: ReadonlySet<string>,
): Promise<void> {
  // Ages are compared by the engine's own clock.
  const now = Date.parse(clockSchema.parse(await asking(() => docker.info())).SystemTime);
  const unused = async (filter: string, olderThanMs: number) => {
    const filters = { label: [filter], dangling: ['true'] };
    const { Volumes } = listSchema.parse(await asking(() => docker.listVolumes({ filters })));
    return (Volumes ?? [])
      .filter(({ CreatedAt }) => olderThanMs === 0 || now - Date.parse(CreatedAt ?? '') > olderThanMs)
      .map(({ Name }) => Name);
  };
  const remove = (name: string) => unlessGone(() => docker.getVolume(name).remove({ force: false }));
  for (const name of label === null ? [] : await unused(label, 0)) await remove(name);
  for (const name of await unused(SLOT_LABEL, OLD_SLOT_MS)) await remove(name);
  // Another installation may use the same content again soon.
  const content = (await unused(CONTENT_LABEL, UNUSED_MS)).filter((name) => !inUse.has(name));
  const names = new Set(content);
  for (const name of content) {
    // What says that a volume is complete is never in use; it goes with that volume, and before it.
    if (name.endsWith(completionOf('')) && !names.has(name.slice(0, -completionOf('').length))) continue;
    await remove(completionOf(name));
    await remove(name);
  }
}
