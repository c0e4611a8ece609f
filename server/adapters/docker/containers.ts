/** Containers over Docker's API. */
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import type { Containers, ContainersOfWay, EngineInfo } from '../../ports/engine/containers.ts';
import { endOrphans } from '../cgroups/orphans.ts';
import { byCgroups } from './by-cgroups.ts';
import { type Accounting, startDockerContainer } from './container.ts';
import { asking, unlessGone } from './errors.ts';
import type { DockerEvents } from './events.ts';
import { refuseOldEngine } from './least-api.ts';
import { nameServersOf } from './name-servers.ts';

/** How long a start waits for the event stream, which reports memory kills; without it one may be missed. */
const EVENTS_WAIT_MS = 2000;

export const startBy =
  (docker: Docker, events: () => DockerEvents) =>
  (account: Accounting): Containers['start'] => {
    const nameServers = nameServersOf(docker);
    return async (spec, output) => {
      const waiting = new Promise((resolve) => setTimeout(resolve, EVENTS_WAIT_MS).unref());
      await Promise.race([events().connected(), waiting]);
      return startDockerContainer(docker, events(), spec, output, account, nameServers);
    };
  };

export function dockerContainers(docker: Docker, events: () => DockerEvents): ContainersOfWay {
  return {
    info: () => info(docker),
    start: startBy(docker, events)(byCgroups),
    async list(label, value) {
      const filter = value === undefined ? label : `${label}=${value}`;
      const list = await asking(() => docker.listContainers({ all: true, filters: { label: [filter] } }));
      return list.map(({ Id, Labels }) => ({ id: Id, labels: Labels }));
    },
    remove: (id) => unlessGone(() => docker.getContainer(id).remove({ force: true, v: true })),
    endLost(folder, signal) {
      const known = async () =>
        new Set((await asking(() => docker.listContainers({ all: true }))).map(({ Id }) => Id));
      return existsSync('/proc/self/cwd') ? endOrphans(folder, known, signal) : Promise.resolve(0);
    },
  };
}

async function info(docker: Docker): Promise<EngineInfo> {
  const [details, version] = await Promise.all([asking(() => docker.info()), asking(() => docker.version())]);
  const name = `docker ${version.Version}`;
  refuseOldEngine({ name, apiVersion: version.ApiVersion });
  return {
    id: String(details.ID || `${details.Name}:${details.DockerRootDir}`),
    name,
    apiVersion: version.ApiVersion,
    // Docker lists containerd's own spellings of runc too; only the short names are chosen by people.
    runtimes: Object.keys(details.Runtimes ?? {}).filter((name) => !name.startsWith('io.containerd.')),
    cgroupVersion: String(details.CgroupVersion ?? '1'),
    cgroupDriver: String(details.CgroupDriver ?? 'none'),
    storageDriver: details.Driver,
    folder: String(details.DockerRootDir ?? ''),
    clockMs: Date.parse(String(details.SystemTime)),
    warnings: (details.Warnings ?? []).map((text: unknown) => String(text).replace(/^WARNING: /, '')),
    cpus: details.NCPU,
    memoryBytes: details.MemTotal,
  };
}
