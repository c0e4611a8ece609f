/** The engine over Docker's API (1.41 and later), through dockerode. */
import type Docker from 'dockerode';
import type { Containers, ContainersOfWay } from '../../ports/engine/containers.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import { buildImage } from './build/build.ts';
import type { Accounting } from './container.ts';
import { dockerContainers, startBy } from './containers.ts';
import { type DockerEvents, watchDockerEvents } from './events.ts';
import { dockerTransfers } from './files/transfers.ts';
import { dockerImageLabels, dockerImages } from './images.ts';

/** An engine whose way of starting containers is not chosen yet. */
export type DockerEngine = Omit<Engine, 'containers'> & {
  /** For an engine on this machine. */
  containers: ContainersOfWay;
  /** Starts containers whose use is known in another way than from this machine's control groups. */
  startBy(account: Accounting): Containers['start'];
};

export function openDocker(docker: Docker): DockerEngine {
  let opened: DockerEvents | null = null;
  const events = () => {
    opened ??= watchDockerEvents(docker);
    return opened;
  };
  const labels = dockerImageLabels(docker);
  return {
    containers: dockerContainers(docker, events),
    startBy: startBy(docker, events),
    images: dockerImages(docker, events, labels),
    transfers: dockerTransfers(docker),
    builder: { build: (order, news) => buildImage(docker, order, news, labels) },
    close: async () => opened?.close(),
  };
}
