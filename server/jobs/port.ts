/**
 * Long work on environments (a build, a pull, a test of samples, an update), the same for pages, API and CLI:
 * it has a name, a log that grows, progress, an end, and it can be stopped.
 */
type JobKind = 'build' | 'pull' | 'push' | 'test' | 'update' | 'import' | 'export';
export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';

/** Where this step stands; total null: nobody knows how much there is. Without a unit things are counted. */
export type JobProgress = { step: string; done: number; total: number | null; unit?: 'bytes' };

export type JobNews = {
  /** One line of text, hostile: images and registries print what they like. */
  line(text: string): void;
  progress(progress: JobProgress): void;
};

/** What a job leaves behind. */
export type JobResult = {
  /** One sentence, with what to do next where that is not plain. */
  sentence: string;
  /** The grading name of the environment that it made or changed, for a link. */
  environment: string | null;
};

/** Fails with a GradeportError whose sentence is shown; rejects soon after `stopped` is aborted. */
export type JobWork = (news: JobNews, stopped: AbortSignal) => Promise<JobResult>;

export type Job = {
  id: string;
  kind: JobKind;
  /** "Build local/my-c", as a heading. */
  title: string;
  /** The name of the user who asked for it. */
  by: string;
  state: JobState;
  /** ISO 8601: when it was asked for, and when it was over. */
  startedAt: string;
  endedAt: string | null;
  progress: JobProgress | null;
  result: JobResult | null;
  /** Why it failed, in a sentence; null while it has not. */
  error: string | null;
};

export type Jobs = {
  /** Begins now, or when the ones before it are through. */
  start(about: Pick<Job, 'kind' | 'title' | 'by'>, work: JobWork): Job;
  /** Newest first. */
  list(): Job[];
  get(id: string): Job | null;
  /**
   * The log's lines from this number on, counted from 0. Of a huge log the first and last lines are kept; one line
   * says how many are missing between them.
   */
  log(id: string, from?: number): string[];
  /** How many lines it has printed, those left out included: the number of its next one. */
  printed(id: string): number;
  /** Harmless when it is over or unknown. */
  stop(id: string): void;
  /** Called with the job after every change, and with the line when it printed one; returns the way to stop. */
  onChange(listener: (job: Job, line: string | null) => void): () => void;
  /** Stops all and waits until each has ended. */
  close(): Promise<void>;
};
