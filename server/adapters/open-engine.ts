import Docker from 'dockerode';
import type { Engine } from '../ports/engine.ts';
import { openDocker } from './docker/engine.ts';
import { withDirectStarts } from './oci/direct-engine.ts';

/**
 * Where the engine listens: DOCKER_HOST or the usual socket (dockerode reads both itself).
 * @param containers who starts them: "auto" is the runtime itself where that is safe, else the engine
 */
export function openEngine(containers: 'auto' | 'engine' = 'auto'): Engine {
  const docker = new Docker();
  const engine = openDocker(docker);
  return containers === 'engine' ? engine : withDirectStarts(engine, docker);
}
