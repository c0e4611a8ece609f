/** The engine over Docker's API (1.41 and later), through dockerode. */
import type Docker from 'dockerode';
import type { Engine } from '../../ports/engine.ts';
import { buildImage } from './build/build.ts';
import { dockerContainers } from './containers.ts';
import { type DockerEvents, watchDockerEvents } from './events.ts';
import { dockerImages } from './images.ts';
import { dockerTransfers } from './transfers.ts';

export function openDocker(docker: Docker): Engine {
  let opened: DockerEvents | null = null;
  const events = () => {
    opened ??= watchDockerEvents(docker);
    return opened;
  };
  return {
    containers: dockerContainers(docker, events),
    images: dockerImages(docker, events),
    transfers: dockerTransfers(docker),
    builder: { build: (order, news) => buildImage(docker, order, news) },
    close: async () => opened?.close(),
  };
}
