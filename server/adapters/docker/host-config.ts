/**
 * The options of every container we start. One pure function, so that a test can read what a student's
 * program is and is not allowed to do. Measured behaviour behind each choice: docs/security.md.
 */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { AGENT_FOLDER } from '../../../grading-api/paths.ts';
import { ROLE_LABEL } from '../../ports/container-labels.ts';
import type { ContainerSpec } from '../../ports/engine.ts';

const MIB = 2 ** 20;

/** gVisor's own kernel lives in the same memory cgroup; without this room it dies before the program does. */
const OWN_KERNEL_MEMORY = 192 * MIB;
/** gVisor's host threads; programs inside are bounded by nproc instead. */
const OWN_KERNEL_PIDS = 1024;

/** Giving one path replaces Docker's own list, so all are named. */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
];
/**
 * The container's own control groups: Java takes its heap and its collector after the limits that it reads there, and
 * after the machine's where it sees none. Each version 1 folder is named, because crun leaves the top writable, and
 * makes what is mounted below writable again when only the top is named. What is not there is skipped.
 */
const CGROUPS = [
  ...['blkio', 'cpu', 'cpu,cpuacct', 'cpuacct', 'cpuset', 'devices', 'freezer', 'hugetlb', 'memory', 'misc'],
  ...['net_cls,net_prio', 'net_cls', 'net_prio', 'perf_event', 'pids', 'rdma', 'systemd', 'unified'],
].map((folder) => `/sys/fs/cgroup/${folder}`);
const READONLY_PATHS = [
  ...['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  ...['/sys/fs/cgroup', ...CGROUPS],
];

/** Private places in memory, per role. Sizes in bytes; none can hold much, none outlives the container. */
function tmpfs(spec: ContainerSpec): Record<string, string> {
  const place = (size: number, files: number) => `rw,nosuid,nodev,mode=1777,size=${size},nr_inodes=${files}`;
  const common = { '/tmp': place(32 * MIB, 4096) };
  if (spec.role !== 'grading') return common;
  return {
    ...common,
    '/.__input': place(128 * MIB, 256),
    '/.__output': place(64 * MIB, 256),
    '/archive': place(32 * MIB, 4096),
    '/run/gradeport': place(1 * MIB, 64),
  };
}

function ulimits(spec: ContainerSpec): HostConfig['Ulimits'] {
  const limit = (Name: string, value: number) => ({ Name, Soft: value, Hard: value });
  return [
    limit('nofile', 1024),
    limit('fsize', spec.limits.diskBytes),
    limit('core', 0),
    limit('msgqueue', 0),
    ...(spec.ownKernel ? [limit('nproc', spec.limits.pids)] : []),
  ];
}

/** The agent is root only to become the grader's user and to end what it left; nothing else. */
function capabilities(spec: ContainerSpec): Pick<HostConfig, 'CapDrop' | 'CapAdd'> {
  // Root on a kernel of its own: these are capabilities over gVisor's kernel, not over ours.
  if (spec.asRoot && spec.ownKernel) return {};
  return { CapDrop: ['ALL'], CapAdd: ['SETUID', 'SETGID', 'KILL'] };
}

export function hostConfig(spec: ContainerSpec): HostConfig {
  const memory = spec.limits.memoryBytes + (spec.ownKernel ? OWN_KERNEL_MEMORY : 0);
  return {
    Runtime: spec.runtime,
    // NetworkMode none together with NetworkDisabled (below) halves the start time; see docs/performance.md.
    NetworkMode: spec.network ? 'bridge' : 'none',
    LogConfig: { Type: 'none', Config: {} },
    AutoRemove: true,
    ReadonlyRootfs: !(spec.asRoot && spec.ownKernel),
    IpcMode: 'private',
    ShmSize: 16 * MIB,
    Memory: memory,
    MemorySwap: memory,
    PidsLimit: spec.ownKernel ? OWN_KERNEL_PIDS : spec.limits.pids,
    NanoCpus: 1e9,
    OomScoreAdj: 500,
    ...capabilities(spec),
    SecurityOpt: ['no-new-privileges'],
    Ulimits: ulimits(spec) ?? [],
    MaskedPaths: MASKED_PATHS,
    ReadonlyPaths: READONLY_PATHS,
    Tmpfs: tmpfs(spec),
    Mounts: spec.mounts.map(({ source, target, readOnly }) => ({
      Type: 'bind' as const,
      Source: source,
      Target: target,
      ReadOnly: readOnly,
    })),
    ...(spec.gpu && spec.runtime !== 'nvidia'
      ? { DeviceRequests: [{ Driver: 'nvidia', Count: 1, Capabilities: [['gpu']] }] }
      : {}),
  };
}

export function createOptions(spec: ContainerSpec): ContainerCreateOptions {
  return {
    Image: spec.image,
    Entrypoint: ['/bin/sh', `${AGENT_FOLDER}/agent/start`, spec.role],
    Cmd: [],
    User: '0:0',
    WorkingDir: '/',
    Env: spec.gpu ? ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_DRIVER_CAPABILITIES=compute,utility'] : [],
    Hostname: spec.role,
    NetworkDisabled: !spec.network,
    Labels: { ...spec.labels, [ROLE_LABEL]: spec.role },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // With AutoRemove: when the worker dies its end of stdin closes, the agent ends, the container is gone.
    StdinOnce: true,
    Tty: false,
    // An image's own health check would start processes in a run's container.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig(spec),
  };
}
