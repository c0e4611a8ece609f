/** Containers of an engine, as grading needs them. No engine's own types appear here. */
import type { Measure } from '../../../grading-api/protocol.ts';
import type { ContainerPolicy } from './container-policy.ts';
import type { Way } from './way.ts';

export type EngineInfo = {
  /** The engine's own id; it gets another one when its data is lost. */
  id: string;
  /** For people: "docker 20.10.24". */
  name: string;
  apiVersion: string;
  runtimes: string[];
  cgroupVersion: string;
  /** "cgroupfs", "systemd", or "none": then limits have no effect. */
  cgroupDriver: string;
  storageDriver: string;
  /** Where the engine keeps images, on its own machine. */
  folder: string;
  /** The engine's clock, in ms since 1970. */
  clockMs: number;
  /** The engine's warnings about itself, a sentence each. */
  warnings: string[];
  cpus: number;
  memoryBytes: number;
};

/** Describes one of our containers: what it runs, and what it may do. */
export type ContainerSpec = {
  /** compile: our own code, compiled for this image's Python; nothing of a teacher or a student. */
  role: 'grading' | 'student' | 'compile';
  /** The image's id, so that a tag that is moved meanwhile changes nothing. */
  image: string;
  runtime: string;
  /** Whether the runtime is gVisor-like: the container has a kernel beside the machine's. */
  ownKernel: boolean;
  /** Replaces the command of the image. */
  command: readonly string[];
  /** Labels by which the container is found again after a crash. */
  labels: Record<string, string>;
  policy: ContainerPolicy;
};

/** What a container has used so far. */
export type Usage = {
  cpuMs: number;
  /** Where cpuMs may be late: it was no more than this. */
  cpuAtMostMs?: number;
  memoryBytes: number;
  /** How many processes the kernel killed for memory, and how many forks it refused, since the container began. */
  oomKills: number;
  refusedForks: number;
  /** The first process is gone, although the engine may not have reported it yet. */
  isOver: boolean;
};

/** The usage before the first look at a container, or of one that never existed. */
export const NO_USAGE: Usage = { cpuMs: 0, memoryBytes: 0, oomKills: 0, refusedForks: 0, isOver: false };

export type ContainerEnd = {
  /** null: the engine did not say. */
  exitCode: number | null;
  outOfMemory: boolean;
};

export type RunningContainer = {
  id: string;
  /** Sends bytes to the first process's stdin. Nothing is sent once it has ended. */
  write(bytes: Uint8Array): void;
  /** Settles once the container's stream ends or the engine reports its death; never rejects. */
  ended: Promise<ContainerEnd>;
  /** null once the container is gone. */
  usage(): Promise<Usage | null>;
  /** What `usage` cannot know on this machine, because the kernel does not count it here. */
  uncounted: readonly Measure[];
  /**
   * Ends every program in the container at once, by the kernel's means. false: this host cannot do so, and only
   * remove() is left.
   */
  halt(): Promise<boolean>;
  /** Ends and removes the container; harmless when it is gone. */
  remove(): Promise<void>;
};

export type ContainerOutput = { stdout(bytes: Buffer): void; stderr(bytes: Buffer): void };

/** Starts containers in one way. */
export type ContainersOfWay = Omit<Containers, 'way'>;

/** All fail with code "unreachable" when the engine does not answer. */
export type Containers = {
  /** The engine that runs them, and the runtimes that it has. */
  info(): Promise<EngineInfo>;
  /** How containers are started here: tried once for each engine, or as the operator chose. */
  way(): Promise<Way>;
  start(spec: ContainerSpec, output: ContainerOutput): Promise<RunningContainer>;
  /** Lists our containers that carry this label with this value. */
  list(label: string, value?: string): Promise<{ id: string; labels: Record<string, string> }[]>;
  remove(id: string): Promise<void>;
  /**
   * Ends the programs that a killed engine left: those of containers that mount something below this folder and that
   * the engine no longer knows. Returns how many there were; 0 where the engine is on another machine.
   */
  endLost(folder: string, signal?: AbortSignal): Promise<number>;
};
