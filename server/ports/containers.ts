/** Containers of an engine, as grading needs them. No engine's own types appear here. */
import type { ContainerPolicy } from './container-policy.ts';

export type EngineInfo = {
  /** Its own; another one once its data is lost. */
  id: string;
  /** For people: "docker 20.10.24". */
  name: string;
  apiVersion: string;
  runtimes: string[];
  cgroupVersion: string;
  /** "cgroupfs", "systemd", or "none": then no limit holds. */
  cgroupDriver: string;
  storageDriver: string;
  /** Where it keeps images, on its own machine. */
  folder: string;
  /** Its clock, ms since 1970. */
  clockMs: number;
  /** What it complains about itself, a sentence each. */
  warnings: string[];
  cpus: number;
  memoryBytes: number;
};

/** One of our containers: what is started, and what it may do. */
export type ContainerSpec = {
  /** compile: our own code, compiled for this image's Python; nothing of a teacher or a student. */
  role: 'grading' | 'student' | 'compile';
  /** Image id, so that a tag moved in between changes nothing. */
  image: string;
  runtime: string;
  /** Whether the runtime is gVisor-like: the container has a kernel beside the machine's. */
  ownKernel: boolean;
  /** Whatever the image itself would run. */
  command: readonly string[];
  /** Found again by these after a crash. */
  labels: Record<string, string>;
  policy: ContainerPolicy;
};

/** What a container has used so far. */
export type Usage = {
  cpuMs: number;
  memoryBytes: number;
  /** Processes the kernel killed for memory, and forks it refused, since the container began. */
  oomKills: number;
  refusedForks: number;
  /** Its first process is gone, although the engine may not have said so yet. */
  isOver: boolean;
};

/** Before the first look at a container, and of one that never was. */
export const NO_USAGE: Usage = { cpuMs: 0, memoryBytes: 0, oomKills: 0, refusedForks: 0, isOver: false };

export type ContainerEnd = {
  /** null: the engine did not say. */
  exitCode: number | null;
  outOfMemory: boolean;
};

export type RunningContainer = {
  id: string;
  /** Bytes for the first process' stdin. Nothing is sent once it ended. */
  write(bytes: Uint8Array): void;
  /** Settles once the container's stream ends or the engine reports its death; never rejects. */
  ended: Promise<ContainerEnd>;
  /** null once the container is gone. */
  usage(): Promise<Usage | null>;
  /**
   * Ends every program in it at once, by the kernel's means. false: not possible on this host; remove() is what
   * there is.
   */
  halt(): Promise<boolean>;
  /** Ends and removes it; harmless when it is gone. */
  remove(): Promise<void>;
};

export type ContainerOutput = { stdout(bytes: Buffer): void; stderr(bytes: Buffer): void };

/** All fail with code "unreachable" when the engine does not answer. */
export type Containers = {
  /** The engine that runs them, and the runtimes that it has. */
  info(): Promise<EngineInfo>;
  start(spec: ContainerSpec, output: ContainerOutput): Promise<RunningContainer>;
  /** Ours that carry this label with this value. */
  list(label: string, value?: string): Promise<{ id: string; labels: Record<string, string> }[]>;
  remove(id: string): Promise<void>;
  /**
   * Ends programs of containers that mount something below this folder and that the engine does not know any more: what
   * an engine leaves that was killed. Returns how many there were; 0 where it is not on this machine.
   */
  endLost(folder: string, signal?: AbortSignal): Promise<number>;
};
