import type { Engine } from '../ports/engine/engine.ts';
import type { AskedWay } from '../rules/ways.ts';
import { openClient } from './docker/client.ts';
import { openDocker } from './docker/engine.ts';
import { type EngineDoor, openDoor } from './engine-address/engine-door.mjs';
import { USUAL_USERS, type UserRange } from './oci/taken-users.ts';
import { withWays } from './portable/with-ways.ts';

/** How containers are started, and as which users. */
export type Starts = { way: AskedWay; slotUsers: UserRange };

/**
 * @param asked what the configuration says
 * @param door the way to the engine: where it is, decide DOCKER_HOST and the contexts of Docker's command line
 */
export function openEngine(asked: AskedWay | Starts = 'auto', door: EngineDoor = openDoor()): Engine {
  const { way, slotUsers } = typeof asked === 'string' ? { way: asked, slotUsers: USUAL_USERS } : asked;
  const docker = openClient(door);
  // What a tunnel or a port of this machine leads to has other files and processes, even if the paths are the same.
  const isHere = () => door.address().place.kind === 'socket';
  return closing(withWays(openDocker(docker), docker, { asked: way, slotUsers, isHere }), door);
}

const closing = (engine: Engine, door: EngineDoor): Engine => ({
  ...engine,
  async close() {
    await engine.close();
    door.close();
  },
});
