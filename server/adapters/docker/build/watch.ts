/**
 * Holds a build to the limits that the classic builder has no option for: processes, and what it writes to the disk.
 * Steps run one after the other, each in a container of its own, which the builder names before it starts it.
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { BuildLimits } from '../../../ports/engine/builder.ts';
import type { GradeportError } from '../../../rules/errors.ts';
import { createMutex } from '../../../rules/turns.ts';
import { statusOf, unlessGone } from '../errors.ts';
import type { BuildTraces } from './leftovers.ts';
import { growth, isBase, isStep, whyNoSpace, whyNotOnVolumes, whyTooLarge } from './watch-policy.ts';

const LOOK_MS = 400;
const KILL_AGAIN_MS = 50;
/** The engine's answer about a container that does not run. */
const CONFLICT = 409;
/** How long the engine may need to remove a container. */
const GONE_MS = 10_000;

/** The engine's own option, which its client's types lack. */
const WITH_SIZE: Docker.ContainerInspectOptions & { size: boolean } = { size: true };

/**
 * @param traces gets the containers of the steps
 * @param end called with what the build did too much of
 */
export function watchBuild(
  docker: Docker,
  limits: BuildLimits,
  { there, containers }: Pick<BuildTraces, 'there' | 'containers'>,
  end: (error: GradeportError) => void,
) {
  const startedAt = Date.now();
  const done = new AbortController();
  const beginning = new Set<Promise<void>>();
  const layers = createLayers(docker, there);
  const freeBytes = createFreeBytes(docker);
  /** One after the other, as the builder said them. */
  const inOrder = createMutex();
  let current: string | null = null;
  let isKilled = false;

  const endIf = (error: GradeportError | null): void => {
    if (error) end(error);
  };

  /** null: gone already, or not one of this build's. */
  async function inspect(id: string) {
    const container = docker.getContainer(id);
    const info = await container.inspect(WITH_SIZE).catch(() => null);
    return info && isStep(info, startedAt) ? info : null;
  }

  async function begin(id: string): Promise<void> {
    // Before anything else: it starts in this moment. A storm of forks that is faster meets the limit of memory.
    const limited = unlessGone(() => docker.getContainer(id).update({ PidsLimit: limits.pids }));
    const [info] = await Promise.all([inspect(id), limited]);
    if (!info) return;
    containers.add(info.Id);
    current = info.Id;
    if (isKilled) void killContainer(docker, info.Id, done.signal);
    endIf(whyNotOnVolumes(info.Mounts.length));
  }

  async function weigh(id: string): Promise<void> {
    if (await layers.weigh(id)) endIf(whyTooLarge(layers.bytes(), limits.diskBytes));
  }

  async function look(): Promise<void> {
    const info = current === null ? null : await inspect(current);
    const writing = info && 'SizeRw' in info && typeof info.SizeRw === 'number' ? info.SizeRw : 0;
    endIf(whyTooLarge(layers.bytes() + writing, limits.diskBytes));
    endIf(whyNoSpace(await freeBytes()));
  }

  const looking = keepLooking(look, done.signal);

  return {
    container(id: string): void {
      const began = begin(id).catch(() => {});
      beginning.add(began);
      void began.then(() => beginning.delete(began));
    },
    image: (id: string): void => void inOrder(() => weigh(id)).catch(() => {}),
    /** Ends the step that runs, and each that comes after it. */
    kill(): true {
      isKilled = true;
      if (current !== null) void killContainer(docker, current, done.signal);
      return true;
    },
    /** Once all that it said was looked at. */
    settled: async (): Promise<void> => inOrder(async () => {}),
    /** Once it is over: its containers are gone, whatever became of it. */
    async [Symbol.asyncDispose](): Promise<void> {
      done.abort();
      await Promise.all([looking, ...beginning]);
      for (const id of containers) await removeContainer(docker, id);
    },
  };
}

async function keepLooking(look: () => Promise<void>, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await pause(LOOK_MS, undefined, { signal: over, ref: false }).catch(() => {});
    if (!over.aborted) await look().catch(() => {});
  }
}

/** Sums up what the layers of a build add to the images that they are built on. */
function createLayers(docker: Docker, there: ReadonlySet<string>) {
  const weighed = new Set<string>();
  let bytes = 0;
  return {
    bytes: () => bytes,
    /**
     * A step may print the id of any image: the sum can only grow.
     * @returns whether it is a layer of the build that was not weighed before
     */
    async weigh(id: string): Promise<boolean> {
      const image = await docker.getImage(id).inspect();
      if (weighed.has(image.Id)) return false;
      weighed.add(image.Id);
      if (isBase(image, there)) return false;
      const below = image.Parent === '' ? 0 : (await docker.getImage(image.Parent).inspect()).Size;
      bytes += growth(image.Size, below);
      return true;
    },
  };
}

/** How much room the engine's disk has; infinite when the engine is on another machine, where it cannot be seen. */
function createFreeBytes(docker: Docker): () => Promise<number> {
  let root: Promise<string> | null = null;
  return async () => {
    root ??= docker.info().then(({ DockerRootDir }) => String(DockerRootDir ?? ''));
    const folder = await root;
    if (!existsSync(folder)) return Number.POSITIVE_INFINITY;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
}

/** Again while it is not started yet, until it is gone or the build is over. */
async function killContainer(docker: Docker, id: string, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const failed = await docker
      .getContainer(id)
      .kill()
      .then(
        () => null,
        (error: unknown) => statusOf(error),
      );
    if (failed !== CONFLICT) return;
    await pause(KILL_AGAIN_MS, undefined, { signal: over, ref: false }).catch(() => {});
  }
}

/** Until it is gone: the builder may be removing it already, and the image that it ran on can go only after it. */
async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  await unlessGone(() => container.remove({ force: true, v: true }));
  const gone = unlessGone(() => container.wait({ condition: 'removed' }));
  await Promise.race([gone, pause(GONE_MS, undefined, { ref: false })]);
}
