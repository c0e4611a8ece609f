/** A container that never starts: through it the engine reads and writes volumes, and shows what it can mount. */
import type Docker from 'dockerode';
import type { MountSettings } from 'dockerode';
import { ROLE_LABEL } from '../../../ports/engine/container-labels.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { asking, statusOf } from '../errors.ts';

/** @param name of the container, when there may be only one; the engine answers 409 to the second */
export async function idleContainer(
  docker: Docker,
  mounts: MountSettings[],
  name?: string,
): Promise<Docker.Container> {
  const images = await asking(() => docker.listImages());
  // Any will do, as nothing in it runs. The oldest is the least likely to be removed, which its use would prevent.
  for (const { Id } of images.toSorted((a, b) => a.Created - b.Created)) {
    const container = await make(docker, Id, mounts, name).catch(nullIfGone);
    if (container) return container;
  }
  throw new GradeportError('conflict', 'The engine has no image yet, so nothing can be graded.');
}

/** Somebody has removed the image meanwhile; a mount that is not there is answered with another status. */
function nullIfGone(error: unknown): null {
  if (statusOf(error) === 404) return null;
  throw error;
}

const make = (docker: Docker, Image: string, Mounts: MountSettings[], name?: string) =>
  asking(() =>
    docker.createContainer({
      ...(name !== undefined && { name }),
      Image,
      // The command is never run; the engine only refuses a container that has none.
      Cmd: ['-'],
      NetworkDisabled: true,
      Labels: { [ROLE_LABEL]: 'volumes' },
      HostConfig: { Mounts },
    }),
  );
