/** A container that never starts: through it the engine reads and writes volumes, and shows what it can mount. */
import type Docker from 'dockerode';
import type { MountSettings } from 'dockerode';
import { ROLE_LABEL } from '../../../ports/container-labels.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { asking } from '../errors.ts';

/** @param name of the container, when there may be only one; the engine answers 409 to the second */
export async function idleContainer(
  docker: Docker,
  mounts: MountSettings[],
  name?: string,
): Promise<Docker.Container> {
  const [image] = await asking(() => docker.listImages());
  if (!image) throw new GradeportError('conflict', 'The engine has no image yet, so nothing can be graded.');
  return await asking(() =>
    docker.createContainer({
      ...(name !== undefined && { name }),
      Image: image.Id,
      // The command is never run; the engine only refuses a container that has none.
      Cmd: ['-'],
      NetworkDisabled: true,
      Labels: { [ROLE_LABEL]: 'volumes' },
      HostConfig: { Mounts: mounts },
    }),
  );
}
