/** Builds images from folders. */

/** What a build may use: its steps are programs of the Dockerfile's author. */
export type BuildLimits = {
  timeMs: number;
  memoryBytes: number;
  cpus: number;
  /** Processes of one step. */
  pids: number;
  /** What the steps may write, on top of the base image. */
  diskBytes: number;
  /** What the build may print. */
  outputBytes: number;
  /** The size of the files that the build gets. */
  contextBytes: number;
};

export type BuildOrder = {
  /** Holds the Dockerfile and the files that it copies. */
  folder: string;
  /** The image's name; "latest" where it has no tag. */
  tag: string;
  labels: Record<string, string>;
  /** Whether the steps have a network and base images may be pulled. */
  network: boolean;
  /** null: for recipes of our own. */
  limits: BuildLimits | null;
  /** Ends the build, which leaves nothing behind. */
  stopped?: AbortSignal;
  /** Called with the image before that gets its name; if it throws, the build is undone. */
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
