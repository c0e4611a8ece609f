/**
 * What an OCI runtime is told of one container (OCI runtime specification 1.0.2, config.json), as Docker would tell
 * it from the same options: what a container may do is decided in one place, host-config.ts.
 */
import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec } from '../../ports/engine.ts';
import { createOptions } from '../docker/host-config.ts';
import { systemCalls } from './system-calls.ts';

type OciMount = { destination: string; type: string; source: string; options: string[] };
type Ulimit = { Name?: string | undefined; Soft?: number | undefined; Hard?: number | undefined };

/** Tells the agent that its container has the filter of system-calls.ts already. */
const FILTERED = 'filtered';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const NAMESPACES = ['mount', 'network', 'uts', 'pid', 'ipc'];
/** As Docker sets them in a container's own network: ping, and ports below 1024, for everybody in it. */
const SYSCTL = { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' };

/** Of the devices, those that no program can do without; crun and runc add terminals themselves. */
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
    ...{ allow: true, type: 'c', major, minor, access: 'rw' },
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
  /** Of AppArmor; null: the host has none. */
  profile: string | null;
  /** As Node spells it. */
  processor: string;
};

export function ociConfig(spec: ContainerSpec, around: Surroundings): object {
  const options = createOptions(spec);
  const host = options.HostConfig ?? {};
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: [...(options.Entrypoint ?? []), FILTERED],
      env: environment(options, around),
      cwd: options.WorkingDir,
      capabilities: capabilities(host.CapAdd ?? []),
      rlimits: (host.Ulimits ?? []).map(rlimit),
      noNewPrivileges: true,
      oomScoreAdj: host.OomScoreAdj,
      ...(around.profile !== null && { apparmorProfile: around.profile }),
    },
    root: { path: around.rootfs, readonly: true },
    hostname: options.Hostname,
    mounts: [...kernelMounts(host.ShmSize ?? 0), ...memoryMounts(host.Tmpfs ?? {}), ...bindMounts(spec)],
    annotations: options.Labels,
    linux: {
      cgroupsPath: around.cgroup,
      namespaces: NAMESPACES.map((type) => ({ type })),
      resources: resources(host, around),
      sysctl: SYSCTL,
      maskedPaths: host.MaskedPaths,
      readonlyPaths: host.ReadonlyPaths,
      seccomp: systemCalls(around.processor),
    },
  };
}

const environment = ({ Env, Hostname }: ContainerCreateOptions, { env }: Surroundings): string[] => [
  ...(env.some((entry) => entry.startsWith('PATH=')) ? [] : [PATH]),
  `HOSTNAME=${Hostname}`,
  ...env,
  ...(Env ?? []),
];

/** Docker's words have no CAP_ before them. None is inheritable: a program that becomes somebody else loses all. */
function capabilities(added: readonly string[]): Record<string, string[]> {
  const all = added.map((name) => `CAP_${name}`);
  return { bounding: all, effective: all, permitted: all };
}

const rlimit = ({ Name, Soft, Hard }: Ulimit) => ({
  type: `RLIMIT_${String(Name).toUpperCase()}`,
  soft: Soft,
  hard: Hard,
});

function resources(host: NonNullable<ContainerCreateOptions['HostConfig']>, { limitsSwap }: Surroundings) {
  return {
    devices: DEVICES,
    // What they may use of memory and swap together: no swap.
    memory: { limit: host.Memory, ...(limitsSwap && { swap: host.MemorySwap }) },
    cpu: { quota: Math.round(((host.NanoCpus ?? 0) / 1e9) * CPU_PERIOD_US), period: CPU_PERIOD_US },
    pids: { limit: host.PidsLimit },
  };
}
const CPU_PERIOD_US = 100_000;

const kernelMounts = (shmBytes: number): OciMount[] => [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    ...{ destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    ...{ destination: '/dev/pts', type: 'devpts', source: 'devpts' },
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  {
    ...{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup' },
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  {
    ...{ destination: '/dev/shm', type: 'tmpfs', source: 'shm' },
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${shmBytes}`],
  },
];

/** Docker adds noexec of its own accord. */
const memoryMounts = (places: Record<string, string>): OciMount[] =>
  Object.entries(places).map(([destination, options]) => ({
    ...{ destination, type: 'tmpfs', source: 'tmpfs' },
    options: ['noexec', ...options.split(',')],
  }));

const depth = ({ target }: { target: string }): number => target.split('/').length;

/** Those further down come later: /task before /task/student. */
const bindMounts = ({ mounts }: ContainerSpec): OciMount[] =>
  mounts
    .toSorted((a, b) => depth(a) - depth(b))
    .map(({ source, target, readOnly }) => ({
      ...{ destination: target, type: 'bind', source },
      options: ['rbind', 'rprivate', readOnly ? 'ro' : 'rw'],
    }));

/** shared: everybody may write there; runc gives a file system in memory the mode of the folder it is mounted on. */
export type PlaceKind = 'file' | 'folder' | 'shared';

/** Everything that the root file system must have a place for. */
export function placesOf(spec: ContainerSpec, isFolder: (path: string) => boolean): Map<string, PlaceKind> {
  const memory = Object.keys(createOptions(spec).HostConfig?.Tmpfs ?? {});
  return new Map([
    ...memory.map((path) => [path, 'shared'] as const),
    ...spec.mounts.map(({ source, target }) => [target, isFolder(source) ? 'folder' : 'file'] as const),
  ]);
}
