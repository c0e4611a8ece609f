/**
 * A container's policy in the words of an OCI runtime (OCI runtime specification 1.0.2, config.json). What it may do is
 * decided in server/execution/slots/policy/container-policy.ts; everything else is as Docker sets it.
 */
import type {
  Capability,
  ContainerPolicy,
  FolderMount,
  MemoryFolder,
  Mount,
} from '../../ports/engine/container-policy.ts';
import type { ContainerSpec } from '../../ports/engine/containers.ts';
import { systemCalls } from '../system-calls/system-calls.ts';
import { GID_MAPPINGS, uidMappings } from './slot-users.ts';

type OciMount = { destination: string; type: string; source: string; options: string[] };

/** Tells the agent that its container has the filter of system-calls.ts already. */
const FILTERED = 'filtered';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const NAMESPACES = ['mount', 'network', 'uts', 'pid', 'ipc'];
/** As Docker sets them in a container's own network: ping, and ports below 1024, for everybody in it. */
const SYSCTL = { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' };

/** The machine has a few thousand for all containers (kernel.pty.max). */
const TERMINALS = 32;

/** The devices that no program can do without; crun and runc add terminals themselves. */
const DEVICES = [
  { allow: false, access: 'rwm' },
  // null, zero, full, random, urandom, tty: Linux' Documentation/admin-guide/devices.txt
  ...[
    [1, 3],
    [1, 5],
    [1, 7],
    [1, 8],
    [1, 9],
    [5, 0],
  ].map(([major, minor]) => ({
    allow: true,
    type: 'c',
    major,
    minor,
    access: 'rw',
  })),
];

export type Surroundings = {
  /** The root file system, as the runtime sees it. */
  rootfs: string;
  /** What the image sets, NAME=value. */
  env: readonly string[];
  cgroup: string;
  /** Whether this kernel limits swap; without it there is no such file to write to. */
  limitsSwap: boolean;
  /** The AppArmor profile; null: the host has none. */
  profile: string | null;
  /** The user namespace of the policy's program user; null: the machine's own. */
  userNamespace: string | null;
  /** The processor's architecture, as Node spells it. */
  processor: string;
  /** The list of system calls as the runtime compiled it (compiled-calls.ts); null: it has to. */
  compiledCalls: string | null;
};

/** The policies that can be translated: a shared kernel, no network, no GPU, and no graded program that is root. */
export type DirectPolicy = Omit<ContainerPolicy, 'mounts'> & {
  mounts: readonly DirectMount[];
  network: false;
  gpu: false;
  rootProgram: false;
  readOnlyRoot: true;
  capabilities: readonly Capability[];
};
/** Only the engine knows its volumes. */
export type DirectMount = Extract<Mount, FolderMount>;
export type DirectSpec = ContainerSpec & { ownKernel: false; policy: DirectPolicy };

export const isDirect = (spec: ContainerSpec): spec is DirectSpec =>
  !spec.ownKernel && isDirectPolicy(spec.policy);

const isDirectPolicy = (policy: ContainerPolicy): policy is DirectPolicy =>
  !policy.network &&
  !policy.gpu &&
  !policy.rootProgram &&
  policy.readOnlyRoot &&
  policy.capabilities !== 'usual' &&
  policy.mounts.every((mount) => 'source' in mount);

export function ociConfig({ role, command, labels, policy }: DirectSpec, around: Surroundings): object {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: policy.user,
      args: [...command, FILTERED],
      env: environment(role, around),
      cwd: '/',
      capabilities: capabilities(policy.capabilities),
      rlimits: Object.entries(policy.resourceLimits).map(rlimit),
      noNewPrivileges: policy.noNewPrivileges,
      oomScoreAdj: policy.oomScoreAdj,
      ...(around.profile !== null && { apparmorProfile: around.profile }),
    },
    root: { path: around.rootfs, readonly: policy.readOnlyRoot },
    hostname: role,
    mounts: [
      ...kernelMounts(policy.sharedMemoryBytes),
      ...policy.memoryFolders.map(memoryMount),
      ...bindMounts(policy.mounts),
    ],
    annotations: annotations(labels, around),
    linux: {
      cgroupsPath: around.cgroup,
      ...namespaces(policy.programUser, around),
      resources: resources(policy, around),
      sysctl: SYSCTL,
      maskedPaths: policy.maskedPaths,
      readonlyPaths: policy.readOnlyPaths,
      seccomp: systemCalls(around.processor),
    },
  };
}

const annotations = (labels: Record<string, string>, { compiledCalls }: Surroundings) =>
  compiledCalls === null ? labels : { ...labels, 'run.oci.seccomp_bpf_data': compiledCalls };

/** Its ids are written once more: one of the runtimes takes them from here. */
function namespaces(uid: number | null, { userNamespace: path }: Surroundings): object {
  const own = NAMESPACES.map((type) => ({ type }));
  if (uid === null || path === null) return { namespaces: own };
  return {
    namespaces: [...own, { type: 'user', path }],
    uidMappings: uidMappings(uid),
    gidMappings: GID_MAPPINGS,
  };
}

const environment = (hostname: string, { env }: Surroundings): string[] => [
  ...(env.some((entry) => entry.startsWith('PATH=')) ? [] : [PATH]),
  `HOSTNAME=${hostname}`,
  ...env,
];

/** None is inheritable: a program that changes its user loses all. */
function capabilities(given: readonly Capability[]): Record<string, string[]> {
  const all = given.map((name) => `CAP_${name}`);
  return { bounding: all, effective: all, permitted: all };
}

const rlimit = ([name, value]: [string, number]) => ({
  type: `RLIMIT_${name.toUpperCase()}`,
  soft: value,
  hard: value,
});

const resources = (policy: ContainerPolicy, { limitsSwap }: Surroundings) => ({
  devices: DEVICES,
  // Memory and swap together: no swap.
  memory: { limit: policy.memoryBytes, ...(limitsSwap && { swap: policy.memoryBytes }) },
  cpu: { quota: Math.round(policy.processors * CPU_PERIOD_US), period: CPU_PERIOD_US },
  pids: { limit: policy.processes },
});
const CPU_PERIOD_US = 100_000;

const kernelMounts = (shmBytes: number): OciMount[] => [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5', `max=${TERMINALS}`],
  },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${shmBytes}`],
  },
];

const memoryMount = ({ target, bytes, files, runs }: MemoryFolder): OciMount => ({
  destination: target,
  type: 'tmpfs',
  source: 'tmpfs',
  options: [
    ...(runs ? [] : ['noexec']),
    ...['rw', 'nosuid', 'nodev', 'mode=1777', `size=${bytes}`, `nr_inodes=${files}`],
  ],
});

const depth = ({ target }: DirectMount): number => target.split('/').length;

/**
 * Deeper targets come later: /task before /task/student. Where the source has nosuid and nodev, a user namespace may not
 * take them off, and runtimes do so with what is not named.
 */
const bindMounts = (mounts: readonly DirectMount[]): OciMount[] =>
  mounts
    .toSorted((a, b) => depth(a) - depth(b))
    .map(({ source, target, readOnly, asItIs }) => ({
      destination: target,
      type: 'bind',
      source,
      // Any further option would be set anew, and take away the others. crun, in a user namespace, leaves out mounts within.
      options: ['rbind', 'rprivate', ...(asItIs ? [] : [readOnly ? 'ro' : 'rw', 'nosuid', 'nodev'])],
    }));

/** shared: everybody may write there; runc gives a file system in memory the mode of the folder it is mounted on. */
export type PlaceKind = 'file' | 'folder' | 'shared';

/** The paths that must exist in the root file system to mount something there. */
export const placesOf = (
  { memoryFolders, mounts }: Pick<DirectPolicy, 'memoryFolders' | 'mounts'>,
  isFolder: (path: string) => boolean,
): Map<string, PlaceKind> =>
  new Map([
    ...memoryFolders.map(({ target }) => [target, 'shared'] as const),
    ...mounts.map(({ source, target }) => [target, isFolder(source) ? 'folder' : 'file'] as const),
  ]);
