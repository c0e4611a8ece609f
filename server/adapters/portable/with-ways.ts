/** An engine that starts containers in the way that was chosen for it. */
import type Docker from 'dockerode';
import type { Containers } from '../../ports/containers.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Way } from '../../ports/way.ts';
import type { AskedWay } from '../../rules/ways.ts';
import type { DockerEngine } from '../docker/engine.ts';
import { dockerVolumes } from '../docker/volumes/volumes.ts';
import { withDirectStarts } from '../oci/direct-engine.ts';
import { readHost } from '../oci/may-start-directly.ts';
import { byEngine } from './by-engine.ts';
import { chooseWay } from './choose-way.ts';
import { refuseOurFolders } from './portable-options.ts';
import { whyNotShared } from './shared-folders.ts';

export function withWays(local: DockerEngine, docker: Docker, asked: AskedWay): Engine {
  const direct = withDirectStarts(local, docker);
  const portable = portableContainers(local);
  const way = oncePerEngine(local, () =>
    chooseWay(asked, {
      whyNotShared: () => whyNotShared(docker),
      mayStartDirectly: async () => (await readHost(docker)) !== null,
      volumes: dockerVolumes(docker),
    }),
  );
  const chosen = async (): Promise<Omit<Containers, 'way'>> => {
    const { name } = await way();
    if (name === 'portable') return portable;
    return name === 'direct' ? direct.containers : local.containers;
  };
  return {
    ...direct,
    containers: {
      info: local.containers.info,
      way,
      start: async (spec, output) => (await chosen()).start(spec, output),
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

/** Chooses once, and again when the engine that answers is another one than before. */
function oncePerEngine({ containers, images }: DockerEngine, choose: () => Promise<Way>): () => Promise<Way> {
  let made: { way: Promise<Way>; engine: Promise<string> } | null = null;
  let mayBeAnother = false;
  let isWatched = false;
  const idNow = async () => (await containers.info()).id;

  return async () => {
    if (!isWatched) {
      isWatched = true;
      const lost = () => {
        mayBeAnother = true;
      };
      images.watch({ changed: () => {}, lost });
    }
    if (mayBeAnother && made) {
      // While it is away the way stays: containers that the runtime starts need no engine.
      const id = await idNow().catch(() => null);
      mayBeAnother = id === null;
      if (id !== null && id !== (await made.engine.catch(() => null))) made = null;
    }
    if (!made) {
      const attempt = { way: choose(), engine: idNow() };
      attempt.engine.catch(() => {});
      // The engine may be away: the next one who asks tries again.
      attempt.way.catch(() => {
        if (made === attempt) made = null;
      });
      made = attempt;
    }
    return made.way;
  };
}
