/** The container engine, as grading and environments need it. No engine's own types appear here. */
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

export type ImageSummary = {
  /** "sha256:…" */
  id: string;
  /** References such as "gradeport/c:latest"; empty for images that lost their name. */
  tags: string[];
  labels: Record<string, string>;
  /** Bytes. */
  size: number;
  /** ms since 1970. */
  created: number;
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

export type ImageWatcher = {
  /** Something about images changed, or the stream of changes is back: list again. */
  changed(): void;
  lost(reason: string): void;
};

export type CopyBounds = { maxFiles: number; maxBytes: number };

/** What a build may use: its steps are programs of whoever wrote the Dockerfile. */
export type BuildLimits = {
  timeMs: number;
  memoryBytes: number;
  cpus: number;
  /** Processes of one step. */
  pids: number;
  /** What its steps may write, on top of what it is built on. */
  diskBytes: number;
  /** What it may print. */
  outputBytes: number;
  /** Of the files that it is given. */
  contextBytes: number;
};

export type BuildOrder = {
  /** Holds the Dockerfile, and what it copies. */
  folder: string;
  /** The image's name; "latest" where it has no tag. */
  tag: string;
  labels: Record<string, string>;
  /** Whether its steps have a network, and base images may be pulled. */
  network: boolean;
  /** null: for recipes of our own. */
  limits: BuildLimits | null;
  /** Ends it; nothing of it is left. */
  stopped?: AbortSignal;
  /** Called with the image before it gets its name: what it throws undoes the build. */
  accept?: (image: BuiltImage) => void | Promise<void>;
};

export type BuildStep = {
  /** Counts from 1. */
  number: number;
  of: number;
  /** The instruction, as the Dockerfile has it. */
  text: string;
};
export type BuildNews = { line(text: string): void; step(step: BuildStep): void };
export type BuiltImage = {
  id: string;
  labels: Record<string, string>;
  /** Bytes. */
  size: number;
  layers: number;
};

export type Engine = {
  /** This and all others fail with code "unreachable" when the engine does not answer. */
  info(): Promise<EngineInfo>;
  images(): Promise<ImageSummary[]>;
  /** Tells of image changes until stopped; connects again by itself. */
  watchImages(watcher: ImageWatcher): () => void;
  start(spec: ContainerSpec, output: ContainerOutput): Promise<RunningContainer>;
  /** Our containers that carry this label with this value. */
  containers(label: string, value?: string): Promise<{ id: string; labels: Record<string, string> }[]>;
  removeContainer(id: string): Promise<void>;
  /**
   * Ends programs of containers that mount something below this folder and that it does not know any more: what an
   * engine leaves that was killed. Returns how many there were; 0 where it is not on this machine.
   */
  endLost(folder: string, signal?: AbortSignal): Promise<number>;
  /** Builds a folder with a Dockerfile. Fails with what the step that went wrong printed last. */
  build(order: BuildOrder, news: BuildNews): Promise<BuiltImage>;
  /**
   * Copies a folder out of an image into an empty folder of ours, without running anything: regular files and
   * folders only. Fails with "not-found" when the image or the folder is not there, "too-large" beyond the bounds.
   * @param labels of the container that it takes; found again by these after a crash
   */
  copyOut(
    image: string,
    path: string,
    into: string,
    bounds: CopyBounds,
    labels: Record<string, string>,
  ): Promise<void>;
  /** Gives an image one more name. Fails with "not-found" when there is no such image. */
  tag(image: string, name: string): Promise<void>;
  /** Takes a name away; the image goes with its last one. */
  untag(name: string): Promise<void>;
  /** When what it started is removed; takes away what it kept for that. */
  close(): Promise<void>;
};
