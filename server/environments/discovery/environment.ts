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
  /** Ports that its label lists. Gradeport opens none on the machine; they are shown. */
  ports: number[];
  /** false: usable, but not shown to those who only look for something to use (INGInious' label "advertise"). */
  advertised: boolean;
  /** The commands of the grading API are linked in its /bin already: none has to be mounted there. */
  commandsLinked: boolean;
  languages: string[];
  /** Other names that it claims, by its label or because the configuration gives them to it. */
  aliases: string[];
  /** The folder in the image that holds its samples. */
  samples?: string | null;
  /** What its samples said last; null: they never ran. Missing where there is no history. */
  tested?: TestSummary | null;
  /** A newer image of this name that does not grade (yet). */
  update?: { digest: string; image: string; state: 'staged' | 'held'; tested: TestSummary | null } | null;
  /** Known to the history, and not the one that grades: the page of the environment has it among its revisions. */
  revision?: 'staged' | 'held' | 'retired';
  /** Which of its names lead tasks to something else, each with the reason in a sentence. */
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

/** Names that an operator gives to environments: other name → grading name. They count before all labels. */
export type Aliases = Readonly<Record<string, string>>;

/** Whether the engine answers, and a sentence that says so. */
export type EngineState = { ok: boolean; sentence: string };

export type EnvironmentCatalogue = {
  /** Sorted by name; unusable ones included, with the reason. */
  list(): Environment[];
  /** By name or alias; for a task that is pinned to a revision of it, that one. */
  find(name: string, task?: TaskName): Environment | null;
  /** What to do about a name that leads to none, in a sentence. */
  suggest?(name: string): string | null;
  engine(): EngineState;
  /** The engine's OCI runtimes, by name. */
  runtimes(): readonly string[];
  /** Called after every change; returns the way to stop it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};
