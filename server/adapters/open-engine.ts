import type { Engine } from '../ports/engine/engine.ts';
import type { AskedWay } from '../rules/ways.ts';
import { openClient } from './docker/client.ts';
import { openDocker } from './docker/engine.ts';
import { type EngineDoor, openDoor } from './engine-address/engine-door.mjs';
import { withWays } from './portable/with-ways.ts';

/**
 * @param asked how containers are started
 * @param door the way to the engine: where it is, decide DOCKER_HOST and the contexts of Docker's command line
 */
export function openEngine(asked: AskedWay = 'auto', door: EngineDoor = openDoor()): Engine {
  const docker = openClient(door);
  // What a tunnel or a port of this machine leads to has other files and processes, even if the paths are the same.
  const isHere = () => door.address().place.kind === 'socket';
  return closing(withWays(openDocker(docker), docker, { asked, isHere }), door);
}

const closing = (engine: Engine, door: EngineDoor): Engine => ({
  ...engine,
  async close() {
    await engine.close();
    door.close();
  },
});
