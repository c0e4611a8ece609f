import Docker from 'dockerode';
import type { Engine } from '../ports/engine.ts';
import { openDocker } from './docker/engine.ts';
import { withDirectStarts } from './oci/direct-engine.ts';

/**
 * Where the engine listens: DOCKER_HOST or the usual socket (dockerode reads both itself).
 * @param containers what starts containers: "auto" is the runtime directly where that is safe, otherwise the engine
 */
export function openEngine(containers: 'auto' | 'engine' = 'auto'): Engine {
  const docker = new Docker();
  const engine = openDocker(docker);
  return containers === 'engine' ? engine : withDirectStarts(engine, docker);
}
