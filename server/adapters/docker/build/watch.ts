/**
 * Holds a build to the limits that the classic builder has no option for: processes, and what it writes to the disk.
 * Steps run one after the other, each in a container of its own, which the builder names before it starts it.
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { BuildLimits } from '../../../ports/builder.ts';
import { INSTANCE_LABEL } from '../../../ports/container-labels.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { createMutex } from '../../../rules/turns.ts';
import { bytesText } from '../../../text/quantities.ts';
import { statusOf, unlessGone } from '../errors.ts';
import type { BuildTraces } from './leftovers.ts';

const LOOK_MS = 400;
const KILL_AGAIN_MS = 50;
/** The engine's answer about a container that does not run. */
const CONFLICT = 409;
/** How long the engine may need to remove a container. */
const GONE_MS = 10_000;
const MIB = 2 ** 20;
/** Whatever a build may write: the engine's disk keeps this much for everybody else. */
const RESERVE_BYTES = 512 * MIB;

/** The engine's own option, which its client's types lack. */
const WITH_SIZE: Docker.ContainerInspectOptions & { size: boolean } = { size: true };

/**
 * @param traces its containers are told those of the steps
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
  let current: string | null = null;
  let isKilled = false;
  /** Of all layers so far, on top of what they are built on. */
  let grown = 0;
  const weighed = new Set<string>();

  /** null: gone already, or not one of this build's; a step may print any id. */
  async function inspect(id: string) {
    const info = await docker
      .getContainer(id)
      .inspect(WITH_SIZE)
      .catch(() => null);
    const isOurs = info && Date.parse(info.Created) >= startedAt - 1000;
    return isOurs && !Object.hasOwn(info.Config.Labels ?? {}, INSTANCE_LABEL) ? info : null;
  }

  async function begin(id: string): Promise<void> {
    // Before anything else: it starts in this moment. A storm of forks that is faster meets the limit of memory.
    const limited = unlessGone(() => docker.getContainer(id).update({ PidsLimit: limits.pids }));
    const [info] = await Promise.all([inspect(id), limited]);
    if (!info) return;
    containers.add(info.Id);
    current = info.Id;
    if (isKilled) void killContainer(docker, info.Id, done.signal);
    if (info.Mounts.length > 0) {
      end(
        new GradeportError(
          'conflict',
          'What it is built on has a VOLUME, where a build could write without limit. Build on another image.',
        ),
      );
    }
  }

  /** One after the other, as the builder said them. */
  const inOrder = createMutex();

  /** Each image counts with what it has more than its parent: whatever a step prints, that can only be more. */
  async function weigh(id: string): Promise<void> {
    const { Id, Parent, RepoTags, RepoDigests, Size } = await docker.getImage(id).inspect();
    if (weighed.has(Id)) return;
    weighed.add(Id);
    const isNamed = [RepoTags, RepoDigests].some((names) => (names ?? []).length > 0);
    // It was there, or it was pulled: then it has no parent.
    const isBase = there.has(Id) ? isNamed || Parent === '' : isNamed && Parent === '';
    if (isBase) return;
    const below = Parent === '' ? 0 : (await docker.getImage(Parent).inspect()).Size;
    grown += Math.max(0, Size - below);
    checkDisk(0);
  }

  function checkDisk(writing: number): void {
    if (grown + writing <= limits.diskBytes) return;
    end(
      new GradeportError(
        'too-large',
        `It wrote more than ${bytesText(limits.diskBytes)} to the disk, which is the limit.`,
      ),
    );
  }

  async function look(): Promise<void> {
    const info = current === null ? null : await inspect(current);
    const writes = info && 'SizeRw' in info && typeof info.SizeRw === 'number' ? info.SizeRw : 0;
    checkDisk(writes);
    if ((await freeBytes()) < RESERVE_BYTES) {
      end(
        new GradeportError(
          'no-space',
          "The engine's disk is nearly full. Tell the operator; docker image prune may help.",
        ),
      );
    }
  }

  let root: Promise<string> | null = null;
  async function freeBytes(): Promise<number> {
    root ??= docker.info().then(({ DockerRootDir }) => String(DockerRootDir ?? ''));
    const folder = await root;
    // Elsewhere than on this machine nobody can tell.
    if (!existsSync(folder)) return Number.POSITIVE_INFINITY;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  }

  async function keepLooking(): Promise<void> {
    while (!done.signal.aborted) {
      await pause(LOOK_MS, undefined, { signal: done.signal, ref: false }).catch(() => {});
      if (!done.signal.aborted) await look().catch(() => {});
    }
  }
  const looking = keepLooking();

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
