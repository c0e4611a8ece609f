/**
 * A container's policy for an engine that is reached by its API alone: as Docker takes it, with volumes of the engine in
 * place of folders. A path of this machine means nothing there, so a container that mounts one is refused.
 */
import type { ContainerSpec } from '../../ports/engine/containers.ts';
import { GradeportError } from '../../rules/errors.ts';

export function refuseOurFolders({ policy, role }: Pick<ContainerSpec, 'policy' | 'role'>): void {
  const ours = policy.mounts.find((mount) => 'source' in mount);
  if (!ours) return;
  throw new GradeportError(
    'internal',
    `A ${role} container would mount a folder of this machine at ${ours.target}, which its engine does not see.`,
  );
}
