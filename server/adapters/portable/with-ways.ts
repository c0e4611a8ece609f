/** An engine that starts containers in the way that was chosen for it. */
import type Docker from 'dockerode';
import type { Containers } from '../../ports/engine/containers.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import type { AskedWay } from '../../rules/ways.ts';
import type { DockerEngine } from '../docker/engine.ts';
import { volumesOfImages, withVolumes } from '../docker/image-volumes.ts';
import { dockerVolumes } from '../docker/volumes/volumes.ts';
import { withDirectStarts } from '../oci/direct-engine.ts';
import { readHost } from '../oci/may-start-directly.ts';
import type { UserRange } from '../oci/taken-users.ts';
import { byEngine } from './by-engine.ts';
import { chooseWay } from './choose-way.ts';
import { oncePerEngine } from './once-per-engine.ts';
import { refuseOurFolders } from './portable-options.ts';
import { whyNotShared } from './shared-folders.ts';

type Options = {
  asked: AskedWay;
  slotUsers: UserRange;
  /** Whether the engine is on this machine; asked once it answers. */
  isHere(): boolean;
};

export function withWays(local: DockerEngine, docker: Docker, { asked, slotUsers, isHere }: Options): Engine {
  const direct = withDirectStarts(local, docker, { isHere, range: slotUsers });
  const portable = portableContainers(local);
  const way = oncePerEngine(local, () =>
    chooseWay(asked, {
      whyNotShared: () => whyNotShared(docker),
      mayStartDirectly: async () => (await readHost(docker)) !== null && isHere(),
      volumes: dockerVolumes(docker),
      users: direct.users,
    }),
  );
  const chosen = async (): Promise<Omit<Containers, 'way'>> => {
    const { name } = await way();
    if (name === 'portable') return portable;
    return name === 'direct' ? direct.containers : local.containers;
  };
  const volumesOf = volumesOfImages(docker);
  return {
    ...local,
    close: direct.close,
    containers: {
      info: local.containers.info,
      way,
      async start(spec, output) {
        const [containers, volumes] = await Promise.all([chosen(), volumesOf(spec.image)]);
        return containers.start(withVolumes(spec, volumes), output);
      },
      list: async (label, value) => (await chosen()).list(label, value),
      remove: async (id) => (await chosen()).remove(id),
      endLost: async (folder, signal) => (await chosen()).endLost(folder, signal),
    },
  };
}

function portableContainers({ containers, startBy }: DockerEngine): Omit<Containers, 'way'> {
  const start = startBy(byEngine);
  return {
    ...containers,
    async start(spec, output) {
      refuseOurFolders(spec);
      return start(spec, output);
    },
    // What a killed engine left is on its own machine.
    endLost: async () => 0,
  };
}
