/** Builds images from folders. */

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

export type Builder = {
  /**
   * Builds a folder with a Dockerfile. Fails with what the step that went wrong printed last, and with "unreachable"
   * when the engine does not answer.
   */
  build(order: BuildOrder, news: BuildNews): Promise<BuiltImage>;
};
