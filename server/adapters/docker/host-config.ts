/**
 * A container's policy in Docker's words (Engine API 1.41, "create a container"). What it may do is decided in
 * server/execution/slots/policy/container-policy.ts.
 */
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { ContainerPolicy, Mount, ResourceLimits } from '../../ports/engine/container-policy.ts';
import type { ContainerSpec } from '../../ports/engine/containers.ts';
import { systemCallsForEngine } from '../system-calls/system-calls.ts';
import { RUN_NETWORK } from './run-network.ts';

/** @param nameServers that the agent passes questions on to; none: it passes nothing on */
export function createOptions(
  spec: ContainerSpec,
  nameServers: readonly string[] = [],
): ContainerCreateOptions {
  const { policy } = spec;
  return {
    Image: spec.image,
    Entrypoint: [...spec.command, ...programUser(policy), ...names(nameServers)],
    Cmd: [],
    User: `${policy.user.uid}:${policy.user.gid}`,
    WorkingDir: '/',
    Env: policy.gpu ? ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_DRIVER_CAPABILITIES=compute,utility'] : [],
    Hostname: spec.role,
    NetworkDisabled: !policy.network,
    Labels: spec.labels,
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

/** The engine maps no ids: programs see the number itself. */
const programUser = ({ programUser: uid }: ContainerPolicy): string[] =>
  uid === null ? [] : [`user=${uid}`];

/** grading-api/agent/names.py */
const names = (servers: readonly string[]): string[] =>
  servers.length === 0 ? [] : [`names=${servers.join(',')}`];

export function hostConfig({ policy, runtime }: Pick<ContainerSpec, 'policy' | 'runtime'>): HostConfig {
  return {
    ...socketLimit(policy),
    Runtime: runtime,
    // NetworkMode none together with NetworkDisabled (above) halves the start time; see docs/performance.md.
    NetworkMode: policy.network ? RUN_NETWORK : 'none',
    LogConfig: { Type: 'none', Config: {} },
    AutoRemove: true,
    ReadonlyRootfs: policy.readOnlyRoot,
    IpcMode: 'private',
    ShmSize: policy.sharedMemoryBytes,
    Memory: policy.memoryBytes,
    MemorySwap: policy.memoryBytes,
    PidsLimit: policy.processes,
    NanoCpus: policy.processors * 1e9,
    OomScoreAdj: policy.oomScoreAdj,
    ...(policy.capabilities !== 'usual' && { CapDrop: ['ALL'], CapAdd: [...policy.capabilities] }),
    SecurityOpt: ['no-new-privileges', ...systemCalls(policy)],
    Ulimits: ulimits(policy.resourceLimits),
    MaskedPaths: [...policy.maskedPaths],
    ReadonlyPaths: [...policy.readOnlyPaths],
    Tmpfs: tmpfs(policy),
    // What is as it is comes along with the folder that it is mounted in; named, it would lose its options.
    Mounts: policy.mounts.filter((mount) => !('asItIs' in mount)).map(mountSettings),
    // The NVIDIA runtime reads the variables above.
    ...(policy.gpu && runtime !== 'nvidia'
      ? { DeviceRequests: [{ Driver: 'nvidia', Count: 1, Capabilities: [['gpu']] }] }
      : {}),
  };
}

/** crun sets it, runc does not: by-cgroups.ts. The types do not know it. */
const socketLimit = ({ socketBytes }: ContainerPolicy): object => ({ KernelMemoryTCP: socketBytes });

const SYSTEM_CALLS = `seccomp=${JSON.stringify(systemCallsForEngine())}`;

/** A container that has its own kernel and the usual capabilities is root there: the engine's own list allows for that. */
const systemCalls = ({ capabilities }: ContainerPolicy): string[] =>
  capabilities === 'usual' ? [] : [SYSTEM_CALLS];

/** NoCopy: the engine would fill an empty volume with what the image has in that place. */
const mountSettings = (mount: Mount): MountSettings => {
  const where = { Target: mount.target, ReadOnly: mount.readOnly };
  if ('source' in mount) return { Type: 'bind', Source: mount.source, ...where };
  if (mount.file !== undefined) return { Type: 'bind', Source: mount.file, ...where };
  return { Type: 'volume', Source: mount.volume, ...where, VolumeOptions: ONLY_WHAT_IT_HOLDS };
};
const ONLY_WHAT_IT_HOLDS = { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } };

const ulimits = (limits: ResourceLimits) =>
  Object.entries(limits).map(([Name, value]) => ({ Name, Soft: value, Hard: value }));

/** Docker adds noexec where nothing is said. */
const tmpfs = ({ memoryFolders }: ContainerPolicy): Record<string, string> =>
  Object.fromEntries(
    memoryFolders.map(({ target, bytes, files, runs }) => [
      target,
      `rw,${runs ? 'exec,' : ''}nosuid,nodev,mode=1777,size=${bytes},nr_inodes=${files}`,
    ]),
  );
