/** The public view of an environment: CLI, API and pages show these fields. */
export type Environment = {
  /** The grading name: what tasks ask for. */
  name: string;
  title: string;
  description: string;
  /** A reference that people recognise, such as gradeport/c:latest. */
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
  /** The ports that its label lists: only shown, Gradeport opens none on the machine. */
  ports: number[];
  /** false: usable, but not offered in lists to choose from (INGInious' label "advertise"). */
  advertised: boolean;
  /** The commands of the grading API are already linked in its /bin, so none has to be mounted there. */
  commandsLinked: boolean;
  languages: string[];
  /** Other names of the environment, from its label or from the configuration. */
  aliases: string[];
  /** The folder in the image that holds its samples. */
  samples?: string | null;
  /** Where its labels of both families differ: which counts and why, in a sentence. */
  whichLabels?: string;
  /** The last result of its samples; null: they never ran. Missing without a history. */
  tested?: TestSummary | null;
  /** A newer image of this name that does not grade (yet). */
  update?: { digest: string; image: string; state: 'staged' | 'held'; tested: TestSummary | null } | null;
  /** Set for a revision in the history that does not grade: the environment's page lists it among its revisions. */
  revision?: 'staged' | 'held' | 'retired';
  /** The names that lead tasks to another environment, each with the reason in a sentence. */
  lost: LostName[];
};

export type TestSummary = {
  /** ISO 8601. */
  at: string;
  runtime: string;
  passed: boolean;
  cases: number;
  failed: number;
};

/** A task as runs name it. */
export type TaskName = { course: string; id: string };

type LostName = { name: string; reason: string };

/** Names that an operator gives to environments: other name → grading name. They take precedence over all labels. */
export type Aliases = Readonly<Record<string, string>>;

/** Whether the engine answers, and a sentence that says so. */
export type EngineState = { ok: boolean; sentence: string };

export type EnvironmentCatalogue = {
  /** Sorted by name; unusable ones included, with the reason. */
  list(): Environment[];
  /** Finds an environment by name or alias; for a pinned task, the pinned revision. */
  find(name: string, task?: TaskName): Environment | null;
  /** What to do about a name that leads to no environment, in a sentence. */
  suggest?(name: string): string | null;
  engine(): EngineState;
  /** The engine's OCI runtimes, by name. */
  runtimes(): readonly string[];
  /** Called after every change; returns the way to stop it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};
