/**
 * What a container may do, as one value without any engine's words. server/execution/slots/policy/container-policy.ts makes it,
 * one function per role. Each way of starting containers translates every field, or refuses the container. No role can
 * get more than these fields express: every container has namespaces and devices of its own, no swap, and no log.
 */
export type Mount = (FolderMount | VolumeMount) & { target: string; readOnly: boolean };

/**
 * A folder or file of this machine, which the engine sees under the same path.
 * @property asItIs it is mounted within another source already, with options that no way of starting can express, such as
 *   following no link: they must stay
 */
export type FolderMount = { source: string; asItIs?: true };
/** A volume that the engine keeps; with `file`, one file of it, as the engine names that file on its own machine. */
type VolumeMount = { volume: string; file?: string };

/** What a mount shows: a path of this machine, or a volume. */
export type Source = string | VolumeMount;

/** A folder in memory that everybody in the container may write to: no devices, no programs, gone with the container. */
/** @property runs whether programs may be started from there; default: no */
export type MemoryFolder = { target: string; bytes: number; files: number; runs?: true };

/** A capability as capabilities(7) names it, without CAP_. */
export type Capability = 'SETUID' | 'SETGID' | 'KILL';

/** Limits as getrlimit(2) names them, without RLIMIT_. Each is the soft and the hard limit. */
export type ResourceLimits = {
  nofile: number;
  fsize: number;
  core: number;
  msgqueue: number;
  nproc?: number;
};

export type ContainerPolicy = {
  /** The user of the first process, which is our agent. */
  user: { uid: number; gid: number };
  /** The user of this machine that programs are, who see themselves as 4242; null: they are 4242. */
  programUser: number | null;
  /** The agent keeps the graded program root instead of making it uid 4242. */
  rootProgram: boolean;
  /** The first process's capabilities. "usual": the engine's, and only when the container has its own kernel. */
  capabilities: readonly Capability[] | 'usual';
  noNewPrivileges: true;
  /** Only listed calls are allowed: the list of server/adapters/system-calls, or the engine’s own where it is root of its kernel. */
  systemCalls: 'allow-list';
  readOnlyRoot: boolean;
  network: boolean;
  /** One GPU, beside the devices that no program can do without. */
  gpu: boolean;
  /** Memory and swap together: there is no swap. */
  memoryBytes: number;
  /** What buffers of its sockets may hold beside, where the kernel does not count them as memory (cgroup version 1). */
  socketBytes: number;
  /** The size of /dev/shm. */
  sharedMemoryBytes: number;
  /** Processes and threads together. */
  processes: number;
  processors: number;
  /** The higher, the sooner the kernel ends the container when the machine runs out of memory. */
  oomScoreAdj: number;
  resourceLimits: ResourceLimits;
  memoryFolders: readonly MemoryFolder[];
  mounts: readonly Mount[];
  /** Paths that are hidden, where they exist. */
  maskedPaths: readonly string[];
  readOnlyPaths: readonly string[];
};
