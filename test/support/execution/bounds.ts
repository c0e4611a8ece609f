/** What a container is kept from, in no system's words: as its policy says it, and read back from each translation. */
import type { ContainerCreateOptions } from 'dockerode';
import { z } from 'zod';
import type { ContainerPolicy, Mount } from '../../../server/ports/engine/container-policy.ts';

export type Bounds = {
  user: string;
  /** The user of the machine that programs are, who see themselves as 4242; null: 4242. */
  programUser: number | null;
  /** null: those that the engine usually gives. */
  capabilities: string[] | null;
  mayGetPrivileges: boolean;
  systemCallsAreListed: boolean;
  mayWriteToItsImage: boolean;
  hasNetwork: boolean;
  hasGpu: boolean;
  /** Namespaces of another, devices of the host, and what else has no word in a policy. */
  sharesMore: boolean;
  numbers: Record<string, number>;
  /** By name without RLIMIT_. */
  resourceLimits: Record<string, number>;
  /** "target bytes files" */
  memoryFolders: string[];
  /** "source target ro" or "… rw" */
  mounts: string[];
  masked: string[];
  readOnly: string[];
};

export const boundsOf = (policy: ContainerPolicy): Bounds => ({
  user: `${policy.user.uid}:${policy.user.gid}`,
  programUser: policy.programUser,
  capabilities: policy.capabilities === 'usual' ? null : sorted(policy.capabilities),
  mayGetPrivileges: !policy.noNewPrivileges,
  systemCallsAreListed: policy.systemCalls === 'allow-list',
  mayWriteToItsImage: !policy.readOnlyRoot,
  hasNetwork: policy.network,
  hasGpu: policy.gpu,
  sharesMore: false,
  numbers: {
    memory: policy.memoryBytes,
    memoryAndSwap: policy.memoryBytes,
    sharedMemory: policy.sharedMemoryBytes,
    processes: policy.processes,
    processors: policy.processors,
    oomScoreAdj: policy.oomScoreAdj,
  },
  resourceLimits: { ...policy.resourceLimits },
  memoryFolders: sorted(policy.memoryFolders.map((folder) => Object.values(folder).join(' '))),
  mounts: sorted(policy.mounts.map((mount) => mountOf(sourceOf(mount), mount.target, mount.readOnly))),
  masked: sorted(policy.maskedPaths),
  readOnly: sorted(policy.readOnlyPaths),
});

const sorted = (list: readonly string[]): string[] => [...list].sort();
const sourceOf = (mount: Mount): string =>
  'source' in mount ? mount.source : (mount.file ?? `volume ${mount.volume}`);
const mountOf = (source: string, target: string, readOnly: boolean): string =>
  `${source} ${target} ${readOnly ? 'ro' : 'rw'}`;

/** Fails where a program would be somebody else through it. */
function memoryFolderOf(target: string, options: readonly string[]): string {
  const optionOf = (name: string) => options.find((one) => one.startsWith(`${name}=`))?.split('=')[1];
  const missing = ['nosuid', 'nodev'].filter((option) => !options.includes(option));
  if (missing.length > 0) throw new Error(`${target} is mounted without ${missing.join(', ')}`);
  const runs = options.includes('noexec') ? '' : ' true';
  return `${target} ${optionOf('size')} ${optionOf('nr_inodes')}${runs}`;
}

/** The engine has a list of its own, which holds unless another one is asked for. */
function isList(option: string): boolean {
  const [, profile] = /^seccomp=(.*)$/s.exec(option) ?? [];
  if (profile === undefined) return true;
  return (
    z.object({ defaultAction: z.string() }).parse(JSON.parse(profile)).defaultAction === 'SCMP_ACT_ERRNO'
  );
}

const userIn = (words: readonly string[]): number | null => {
  const word = words.find((one) => one.startsWith('user='));
  return word === undefined ? null : Number(word.slice('user='.length));
};

/** Any of these would give more than a policy can say. */
const MORE_IN_DOCKER = [
  ...['Privileged', 'Devices', 'DeviceCgroupRules', 'PidMode', 'UsernsMode', 'UTSMode', 'CgroupnsMode'],
  ...['CgroupParent', 'Binds', 'VolumesFrom', 'GroupAdd', 'Sysctls'],
];

export function boundsInDocker(options: ContainerCreateOptions): Bounds {
  const host = options.HostConfig ?? {};
  const security: string[] = host.SecurityOpt ?? [];
  const dropsAll = host.CapDrop?.includes('ALL') === true;
  const asksForGpu = (options.Env ?? []).some((entry) => entry.startsWith('NVIDIA_VISIBLE_DEVICES='));
  return {
    user: String(options.User),
    programUser: userIn(z.array(z.string()).parse(options.Entrypoint)),
    capabilities: dropsAll ? sorted(host.CapAdd ?? []) : null,
    mayGetPrivileges: !security.includes('no-new-privileges'),
    systemCallsAreListed: security.every(isList),
    mayWriteToItsImage: host.ReadonlyRootfs !== true,
    hasNetwork: host.NetworkMode !== 'none' || options.NetworkDisabled !== true,
    hasGpu: asksForGpu || (host.DeviceRequests ?? []).length > 0,
    sharesMore: host.IpcMode !== 'private' || MORE_IN_DOCKER.some((key) => key in host),
    numbers: {
      memory: Number(host.Memory),
      memoryAndSwap: Number(host.MemorySwap),
      sharedMemory: Number(host.ShmSize),
      processes: Number(host.PidsLimit),
      processors: Number(host.NanoCpus) / 1e9,
      oomScoreAdj: Number(host.OomScoreAdj),
    },
    resourceLimits: limitsIn(z.array(ulimitSchema).parse(host.Ulimits)),
    memoryFolders: sorted(
      Object.entries(z.record(z.string(), z.string()).parse(host.Tmpfs)).map(([target, text]) =>
        // Docker adds noexec where nothing is said.
        memoryFolderOf(target, text.includes('rw,exec') ? text.split(',') : ['noexec', ...text.split(',')]),
      ),
    ),
    mounts: sorted(
      (host.Mounts ?? []).map(({ Type, Source, Target, ReadOnly }) =>
        mountOf(Type === 'bind' ? Source : `${Type} ${Source}`, Target, ReadOnly === true),
      ),
    ),
    masked: sorted(host.MaskedPaths ?? []),
    readOnly: sorted(host.ReadonlyPaths ?? []),
  };
}

const ulimitSchema = z
  .object({ Name: z.string(), Soft: z.number(), Hard: z.number() })
  .transform(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard }));

/** A soft limit that is lower could be raised by the program. */
const limitsIn = (limits: readonly { name: string; soft: number; hard: number }[]): Record<string, number> =>
  Object.fromEntries(limits.map(({ name, soft, hard }) => [name, Math.max(soft, hard)]));

const capabilitySets = z.strictObject({
  bounding: z.array(z.string()),
  effective: z.array(z.string()),
  permitted: z.array(z.string()),
});
const device = z.object({ allow: z.boolean(), type: z.string().optional(), access: z.string() });
const mapping = z.object({ containerID: z.number(), hostID: z.number(), size: z.number() });
const ociSchema = z.object({
  process: z.object({
    user: z.object({ uid: z.number(), gid: z.number() }),
    capabilities: capabilitySets,
    noNewPrivileges: z.boolean(),
    oomScoreAdj: z.number(),
    env: z.array(z.string()),
    rlimits: z.array(z.object({ type: z.string(), soft: z.number(), hard: z.number() })),
  }),
  root: z.object({ readonly: z.boolean() }),
  mounts: z.array(
    z.object({
      destination: z.string(),
      type: z.string(),
      source: z.string(),
      options: z.array(z.string()),
    }),
  ),
  linux: z.object({
    // strict: a namespace with a path would be another's. The user namespace is the slot's.
    namespaces: z.array(
      z.union([
        z.strictObject({ type: z.string() }),
        z.strictObject({ type: z.literal('user'), path: z.string().startsWith('/users/') }),
      ]),
    ),
    uidMappings: z.array(mapping).optional(),
    gidMappings: z.array(mapping).optional(),
    devices: z.never().optional(),
    resources: z.object({
      devices: z.array(device),
      memory: z.object({ limit: z.number(), swap: z.number() }),
      cpu: z.object({ quota: z.number(), period: z.number() }),
      pids: z.object({ limit: z.number() }),
    }),
    maskedPaths: z.array(z.string()),
    readonlyPaths: z.array(z.string()),
    seccomp: z.object({ defaultAction: z.string() }),
  }),
});

const OWN_NAMESPACES = ['ipc', 'mount', 'network', 'pid', 'uts'];

export function boundsInOci(config: object): Bounds {
  const { process, root, mounts, linux } = ociSchema.parse(config);
  const { resources } = linux;
  const { bounding, effective, permitted } = process.capabilities;
  const capabilities = new Set([...bounding, ...effective, ...permitted]);
  const namespaces = sorted(linux.namespaces.map(({ type }) => type).filter((type) => type !== 'user'));
  const [firstRule, ...otherRules] = resources.devices;
  const allDevicesFirst = firstRule?.allow === false && firstRule.access === 'rwm';
  const mayMakeNone = otherRules.every(({ type, access }) => type === 'c' && access === 'rw');
  const inMemory = mounts.filter(({ type, source }) => type === 'tmpfs' && source === 'tmpfs');
  const shm = mounts.find(({ destination }) => destination === '/dev/shm');
  return {
    user: `${process.user.uid}:${process.user.gid}`,
    programUser: linux.uidMappings?.find(({ containerID }) => containerID === 4242)?.hostID ?? null,
    capabilities: sorted([...capabilities].map((name) => name.replace(/^CAP_/, ''))),
    mayGetPrivileges: !process.noNewPrivileges,
    systemCallsAreListed: linux.seccomp.defaultAction === 'SCMP_ACT_ERRNO',
    mayWriteToItsImage: !root.readonly,
    hasNetwork: !namespaces.includes('network'),
    hasGpu: process.env.some((entry) => entry.startsWith('NVIDIA_')),
    sharesMore: namespaces.join() !== OWN_NAMESPACES.join() || !allDevicesFirst || !mayMakeNone,
    numbers: {
      memory: resources.memory.limit,
      memoryAndSwap: resources.memory.swap,
      sharedMemory: Number(shm?.options.find((one) => one.startsWith('size='))?.split('=')[1]),
      processes: resources.pids.limit,
      processors: resources.cpu.quota / resources.cpu.period,
      oomScoreAdj: process.oomScoreAdj,
    },
    resourceLimits: limitsIn(
      process.rlimits.map(({ type, ...limit }) => ({
        ...limit,
        name: type.replace(/^RLIMIT_/, '').toLowerCase(),
      })),
    ),
    memoryFolders: sorted(
      inMemory
        .filter(({ destination }) => destination !== '/dev')
        .map(({ destination, options }) => memoryFolderOf(destination, options)),
    ),
    mounts: sorted(
      mounts
        .filter(({ type }) => type === 'bind')
        .map(({ source, destination, options }) => mountOf(source, destination, options.includes('ro'))),
    ),
    masked: sorted(linux.maskedPaths),
    readOnly: sorted(linux.readonlyPaths),
  };
}
