import Docker from 'dockerode';
import type { Engine } from '../ports/engine.ts';
import type { AskedWay } from '../rules/ways.ts';
import { openDocker } from './docker/engine.ts';
import { withWays } from './portable/with-ways.ts';

/**
 * Where the engine listens: DOCKER_HOST or the usual socket (dockerode reads both itself).
 * @param asked how containers are started
 */
export function openEngine(asked: AskedWay = 'auto'): Engine {
  const docker = new Docker();
  return withWays(openDocker(docker), docker, asked);
}
