/**
 * Long work on environments (a build, a pull, a test of samples, an update), the same for pages, API and CLI:
 * each job has a name, a growing log, progress and an end, and it can be stopped.
 */
type JobKind = 'build' | 'pull' | 'push' | 'test' | 'update' | 'import' | 'export';
export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';

/** The progress of a step; total null: unknown. Without a unit it counts things. */
export type JobProgress = { step: string; done: number; total: number | null; unit?: 'bytes' };

export type JobNews = {
  /** One line of text, hostile: images and registries print what they like. */
  line(text: string): void;
  progress(progress: JobProgress): void;
};

/** The result of a job. */
export type JobResult = {
  /** One sentence, with the next step if it is not obvious. */
  sentence: string;
  /** The grading name of the environment that the job made or changed, for a link. */
  environment: string | null;
};

/** Fails with a GradeportError whose sentence is shown; rejects soon after `stopped` is aborted. */
export type JobWork = (news: JobNews, stopped: AbortSignal) => Promise<JobResult>;

export type Job = {
  id: string;
  kind: JobKind;
  /** "Build local/my-c", as a heading. */
  title: string;
  /** The name of the user who requested the job. */
  by: string;
  state: JobState;
  /** ISO 8601: when the job was requested, and when it ended. */
  startedAt: string;
  endedAt: string | null;
  progress: JobProgress | null;
  result: JobResult | null;
  /** Why the job failed, in a sentence; null: it has not failed. */
  error: string | null;
};

export type Jobs = {
  /** Starts a job now, or after the jobs before it. */
  start(about: Pick<Job, 'kind' | 'title' | 'by'>, work: JobWork): Job;
  /** Newest first. */
  list(): Job[];
  get(id: string): Job | null;
  /**
   * The log's lines from this number on, counted from 0. Of a huge log the first and last lines are kept; one line
   * says how many are missing between them.
   */
  log(id: string, from?: number): string[];
  /** How many lines the job has printed, including omitted ones: the number of its next line. */
  printed(id: string): number;
  /** Stops a job; does nothing when it has ended or is unknown. */
  stop(id: string): void;
  /** Called with the job after every change, and with the line when it printed one; returns the way to stop. */
  onChange(listener: (job: Job, line: string | null) => void): () => void;
  /** Stops all jobs and waits until each has ended. */
  close(): Promise<void>;
};
