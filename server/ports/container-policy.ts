/**
 * What a container may do, as one value without any engine's words. server/execution/slots/container-policy.ts makes it,
 * one function per role. Each way of starting containers translates every field, or refuses the container. No role may
 * have more than these fields can say: every container has namespaces and devices of its own, no swap, and no log.
 */
export type Mount = { source: string; target: string; readOnly: boolean };

/** A folder in memory that everybody in the container may write to: no devices, no programs, gone with the container. */
export type MemoryFolder = { target: string; bytes: number; files: number };

/** As capabilities(7) names them, without CAP_. */
export type Capability = 'SETUID' | 'SETGID' | 'KILL';

/** As getrlimit(2) names them, without RLIMIT_. Each is the soft and the hard limit. */
export type ResourceLimits = {
  nofile: number;
  fsize: number;
  core: number;
  msgqueue: number;
  nproc?: number;
};

export type ContainerPolicy = {
  /** Of the first process, which is our agent. */
  user: { uid: number; gid: number };
  /** The agent keeps the graded program root instead of making it uid 4242. */
  rootProgram: boolean;
  /** Of the first process. "usual": those that the engine gives, only over a kernel of the container's own. */
  capabilities: readonly Capability[] | 'usual';
  noNewPrivileges: true;
  /** Only what is on a list: the engine's own list, or that of server/adapters/oci/system-calls.ts. */
  systemCalls: 'allow-list';
  readOnlyRoot: boolean;
  network: boolean;
  /** One GPU, beside the devices that no program can do without. */
  gpu: boolean;
  /** Memory and swap together: there is no swap. */
  memoryBytes: number;
  /** At /dev/shm. */
  sharedMemoryBytes: number;
  /** Processes and threads together. */
  processes: number;
  processors: number;
  /** The higher, the sooner the kernel ends it when the machine runs out of memory. */
  oomScoreAdj: number;
  resourceLimits: ResourceLimits;
  memoryFolders: readonly MemoryFolder[];
  mounts: readonly Mount[];
  /** Hidden, where there are such paths. */
  maskedPaths: readonly string[];
  readOnlyPaths: readonly string[];
};
