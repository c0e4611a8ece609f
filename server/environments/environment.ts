/** An environment as everybody sees it: CLI, API and pages show these fields. */
export type Environment = {
  /** The grading name: what tasks ask for. */
  name: string;
  title: string;
  description: string;
  /** A reference a person recognises, such as gradeport/c:latest. */
  image: string;
  /** The image's id in the engine, "sha256:…": the revision. */
  digest: string;
  /** Bytes. */
  size: number;
  /** ISO 8601. */
  created: string;
  /** The OCI runtime that will run it; null when none fits. */
  runtime: string | null;
  /** Why this runtime, or why it is not available: a sentence for an operator. */
  reason: string;
  needRoot: boolean;
  needGpu: boolean;
  available: boolean;
  languages: string[];
  /** Other names under which tasks may ask for it. */
  aliases: string[];
};

/** Whether the engine answers, and a sentence that says so. */
export type EngineState = { ok: boolean; sentence: string };

export type EnvironmentCatalogue = {
  /** Sorted by name; unusable ones included, with the reason. */
  list(): Environment[];
  /** By name or alias. */
  find(name: string): Environment | null;
  engine(): EngineState;
  /** The engine's OCI runtimes, by name. */
  runtimes(): readonly string[];
  /** Called after every change; returns the way to stop it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};
