/**
 * An engine that is bypassed to start containers where that is safe: on a kernel that is shared anyway, without network
 * and GPU, with the same runtime that it would call. dockerd, containerd and a shim need 80 ms of processor time for a
 * container; the runtime needs 15. Everything else goes through the engine. docs/decisions/0025.
 */
import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { arch } from 'node:os';
import { basename, join } from 'node:path';
import type Docker from 'dockerode';
import { FILES_LABEL } from '../../ports/engine/container-labels.ts';
import type { ContainerOutput, ContainersOfWay, RunningContainer } from '../../ports/engine/containers.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import type { SlotUsers } from '../../ports/engine/slot-users.ts';
import { tableOf } from '../../text/mount-table.ts';
import { boxIn, endByForce } from '../cgroups/end-cgroup.ts';
import { asking } from '../docker/errors.ts';
import { type CompiledCalls, createCompiledCalls } from './compiled-calls.ts';
import { startDirectly } from './direct-container.ts';
import { createLauncher, type Launcher } from './launcher.ts';
import { type Host, readHost } from './may-start-directly.ts';
import { openHolder } from './mount-namespace.ts';
import { type DirectSpec, isDirect, ociConfig, placesOf } from './oci-config.ts';
import { createOwnMounts, type OwnMounts } from './own-mounts.ts';
import { createRootfses, NotHere } from './rootfs.ts';
import { createSlotUsers, type OpenUsers, sweepUsers } from './slot-users.ts';
import {
  cgroupOf,
  containersIn,
  isAlive,
  makeStateFolder,
  removeStateFolder,
  stateFolders,
} from './state-folder.ts';
import type { UserRange } from './taken-users.ts';

/** Ids look like the engine's. */
const ID_BYTES = 32;

type Way = {
  users: OpenUsers;
  /** null: the engine has to start this container. */
  start(spec: DirectSpec, output: ContainerOutput): Promise<RunningContainer | null>;
  close(): Promise<void>;
};

type OneWay = Omit<Engine, 'containers'> & { containers: ContainersOfWay };
type Direct = OneWay & { users: SlotUsers };

type Surroundings = {
  /** Whether the engine is on this machine; asked once it answers. */
  isHere(): boolean;
  /** The users of slots. */
  range: UserRange;
};

export function withDirectStarts(engine: OneWay, docker: Docker, surroundings: Surroundings): Direct {
  let opened: Promise<Way | null> | null = null;
  const way = () => {
    opened ??= openWay(docker, surroundings).catch((error: unknown) => {
      // The engine may be away: the next start asks again.
      opened = null;
      throw error;
    });
    return opened;
  };
  return {
    ...engine,
    containers: directContainers(engine.containers, docker, way),
    users: { take: async (runtime) => (await way())?.users.take(runtime) ?? null },
    async close() {
      const direct = await opened?.catch(() => null);
      await direct?.close();
      await engine.close();
    },
  };
}

const directContainers = (
  containers: ContainersOfWay,
  docker: Docker,
  way: () => Promise<Way | null>,
): ContainersOfWay => ({
  info: containers.info,
  async start(spec, output) {
    const direct = isDirect(spec) ? await (await way())?.start(spec, output) : null;
    return direct ?? containers.start(spec, output);
  },
  async list(label, value) {
    const direct = stateFolders()
      .flatMap(({ containers }) => containers)
      .filter(({ labels }) => label in labels && (value === undefined || labels[label] === value));
    return [...direct, ...(await containers.list(label, value))];
  },
  async remove(id) {
    const isOurs = stateFolders().some(({ containers }) => containers.some((entry) => entry.id === id));
    await (isOurs ? endByForce(cgroupOf(id)) : containers.remove(id));
  },
  async endLost(folder, signal) {
    await sweep(docker);
    return containers.endLost(folder, signal);
  },
});

async function openWay(docker: Docker, { isHere, range }: Surroundings): Promise<Way | null> {
  const host = await readHost(docker);
  if (!host || !isHere()) return null;
  await sweep(docker);
  const holder = await openHolder();
  const folder = makeStateFolder();
  const launcher = createLauncher(holder.shell, join(folder, 'streams'));
  const rootfses = createRootfses(docker, holder, join(folder, 'files'), basename(folder));
  const ownMounts = createOwnMounts(holder, join(folder, 'own'), isFolder);
  const users = createSlotUsers(holder, {
    folder: join(folder, 'users'),
    owner: basename(folder),
    runtimes: new Set(host.runtimes.keys()),
    range,
  });
  const states = join(folder, 'state');
  const calls = createCompiledCalls(states);
  /** Images that cannot be started directly. */
  const refused = new Set<string>();
  return {
    users,
    async start(spec, output) {
      const program = host.runtimes.get(spec.runtime);
      if (program === undefined || refused.has(spec.image)) return null;
      try {
        const means = { launcher, host, folder, states, calls, rootfses, ownMounts, users, program };
        return await startOne(means, spec, output);
      } catch (error) {
        if (!(error instanceof NotHere)) throw error;
        refused.add(spec.image);
        return null;
      }
    },
    async close() {
      // Those that their makers did not remove any more: without the folder no sweep would find them.
      for (const { id } of containersIn(folder)) await endByForce(cgroupOf(id));
      await rootfses.close();
      users.close();
      holder.close();
      removeStateFolder(folder);
    },
  };
}

type Means = {
  launcher: Launcher;
  host: Host;
  folder: string;
  /** The runtimes' own folder. */
  states: string;
  calls: CompiledCalls;
  rootfses: ReturnType<typeof createRootfses>;
  ownMounts: OwnMounts;
  users: OpenUsers;
  program: string;
};

const isFolder = (path: string): boolean => lstatSync(path).isDirectory();

async function startOne(means: Means, spec: DirectSpec, output: ContainerOutput): Promise<RunningContainer> {
  const { host, folder, program } = means;
  const id = randomBytes(ID_BYTES).toString('hex');
  const places = placesOf(spec.policy, isFolder);
  const { programUser } = spec.policy;
  const own = await means.ownMounts.of(spec.policy.mounts);
  const user = programUser === null ? null : await means.users.placesFor(programUser, id);
  const rootfs = await means.rootfses.take(spec.image, places);
  const config = ociConfig(
    { ...spec, policy: { ...spec.policy, mounts: own.mounts } },
    {
      rootfs: rootfs.path,
      env: rootfs.env,
      cgroup: boxIn(cgroupOf(id)),
      processor: arch(),
      limitsSwap: host.limitsSwap,
      profile: host.profile,
      userNamespace: user?.namespace ?? null,
      compiledCalls: means.calls.of(program),
    },
  );
  try {
    return await startDirectly({
      id,
      config,
      mounts: tableOf([
        ['overlay', rootfs.path, 'overlay', rootfs.options],
        ...own.lines,
        ...(user ? [[user.devices, '/dev', 'none', 'bind'] as const] : []),
      ]),
      output: { ...output, stdout: onFirst(output.stdout, () => void means.calls.learn(program, id)) },
      cgroup: cgroupOf(id),
      memoryBytes: spec.policy.memoryBytes,
      socketBytes: spec.policy.socketBytes,
      folder: join(folder, id),
      release: rootfs.release,
      launcher: means.launcher,
      runtime: [program, '--root', means.states],
    });
  } catch (error) {
    rootfs.release();
    throw error;
  }
}

/** Passes on what is said, and tells us of the first words. */
function onFirst(hear: (bytes: Buffer) => void, first: () => void): (bytes: Buffer) => void {
  let isFirst = true;
  return (bytes) => {
    if (isFirst) first();
    isFirst = false;
    hear(bytes);
  };
}

/** Removes what dead Gradeport processes left: containers, their cgroups, and what kept their images. */
async function sweep(docker: Docker): Promise<void> {
  for (const { path, alive, containers } of stateFolders()) {
    if (alive) continue;
    for (const { id } of containers) await endByForce(cgroupOf(id));
    removeStateFolder(path);
  }
  sweepUsers();
  const filters = { label: [FILES_LABEL] };
  for (const { Id, Labels } of await asking(() => docker.listContainers({ all: true, filters }))) {
    if (isAlive(Labels[FILES_LABEL] ?? '')) continue;
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => {});
  }
}
