import type { Engine } from '../ports/engine.ts';
import { openClient } from './docker/client.ts';
import { openDocker } from './docker/engine.ts';
import { type EngineDoor, openDoor } from './engine-address/engine-door.mjs';
import { withDirectStarts } from './oci/direct-engine.ts';

/**
 * @param containers what starts containers: "auto" is the runtime directly where that is safe, otherwise the engine
 * @param door the way to the engine: where it is, decide DOCKER_HOST and the contexts of Docker's command line
 */
export function openEngine(containers: 'auto' | 'engine' = 'auto', door: EngineDoor = openDoor()): Engine {
  const docker = openClient(door);
  const engine = closing(openDocker(docker), door);
  if (containers === 'engine') return engine;
  // What a tunnel or a port of this machine leads to has other files and processes, even if the paths are the same.
  return withDirectStarts(engine, docker, () => door.address().place.kind === 'socket');
}

const closing = (engine: Engine, door: EngineDoor): Engine => ({
  ...engine,
  async close() {
    await engine.close();
    door.close();
  },
});
