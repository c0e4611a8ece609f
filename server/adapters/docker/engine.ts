/** The engine over Docker's API (1.41 and later), through dockerode. */
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { FILES_LABEL } from '../../ports/container-labels.ts';
import type { Engine, EngineInfo, ImageSummary } from '../../ports/engine.ts';
import { endOrphans } from '../cgroups/orphans.ts';
import { buildImage } from './build/build.ts';
import { startDockerContainer } from './container.ts';
import { copyOutOfImage } from './copy-out.ts';
import { asking, notFound, statusOf, unlessGone } from './errors.ts';
import { type DockerEvents, watchDockerEvents } from './events.ts';

/** How long a start waits for the event stream, which tells of memory kills; without it one may be missed. */
const EVENTS_WAIT_MS = 2000;

/** Where the engine listens: DOCKER_HOST or the usual socket (dockerode reads both itself). */
export function openDocker(docker: Docker): Engine {
  let opened: DockerEvents | null = null;
  const events = () => {
    opened ??= watchDockerEvents(docker);
    return opened;
  };
  return {
    info: () => info(docker),
    images: () => images(docker),
    watchImages: (watcher) => events().watchImages(watcher),
    async start(spec, output) {
      const waiting = new Promise((resolve) => setTimeout(resolve, EVENTS_WAIT_MS).unref());
      await Promise.race([events().connected(), waiting]);
      return startDockerContainer(docker, events(), spec, output);
    },
    async containers(label, value) {
      const filter = value === undefined ? label : `${label}=${value}`;
      const list = await asking(() => docker.listContainers({ all: true, filters: { label: [filter] } }));
      return list.map(({ Id, Labels }) => ({ id: Id, labels: Labels }));
    },
    endLost(folder, signal) {
      const known = async () =>
        new Set((await asking(() => docker.listContainers({ all: true }))).map(({ Id }) => Id));
      return existsSync('/proc/self/cwd') ? endOrphans(folder, known, signal) : Promise.resolve(0);
    },
    removeContainer: (id) => unlessGone(() => docker.getContainer(id).remove({ force: true, v: true })),
    build: (order, news) => buildImage(docker, order, news),
    copyOut: (...what) => copyOutOfImage(docker, ...what),
    async tag(image, name) {
      const colon = name.lastIndexOf(':');
      const target = { repo: name.slice(0, colon), tag: name.slice(colon + 1) };
      await asking(() => docker.getImage(image).tag(target)).catch(notFound(`There is no image ${image}.`));
    },
    untag: (name) => untag(docker, name),
    close: async () => opened?.close(),
  };
}

async function info(docker: Docker): Promise<EngineInfo> {
  const [details, version] = await Promise.all([asking(() => docker.info()), asking(() => docker.version())]);
  return {
    id: String(details.ID || `${details.Name}:${details.DockerRootDir}`),
    name: `docker ${version.Version}`,
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

async function images(docker: Docker): Promise<ImageSummary[]> {
  // Images without a name can't be asked for by people; Docker's label filter would include them.
  const list = await asking(() => docker.listImages({ filters: { dangling: ['false'] } }));
  return list.map((image) => ({
    id: image.Id,
    tags: (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    labels: image.Labels ?? {},
    size: image.Size,
    created: image.Created * 1000,
  }));
}

/**
 * A container that never runs and only keeps an image's files for those that we start ourselves is no reason to keep
 * the name: it keeps the files all the same. For any other container the engine's no stands.
 */
async function untag(docker: Docker, name: string): Promise<void> {
  const remove = (force: boolean) => asking(() => docker.getImage(name).remove({ noprune: true, force }));
  await unlessGone(() =>
    remove(false).catch(async (error: unknown) => {
      if (statusOf(error) !== CONFLICT || !(await isKeptByUsOnly(docker, name))) throw error;
      await remove(true);
    }),
  );
}
const CONFLICT = 409;

async function isKeptByUsOnly(docker: Docker, name: string): Promise<boolean> {
  const users = await docker.listContainers({ all: true, filters: { ancestor: [name] } });
  return users.length > 0 && users.every(({ Labels }) => FILES_LABEL in Labels);
}
