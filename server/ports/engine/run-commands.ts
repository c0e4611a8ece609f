/** Commands to the worker that has taken a run. The worker may be another process, or gone. */
export type RunCommands = {
  /**
   * Stops the work on a run.
   * "stopping": its verdict will be "killed". "graded": it has a verdict, which is being stored. null: no worker has it.
   */
  stop(runId: string): Promise<'stopping' | 'graded' | null>;
  /** Ends the next attempt of a run at its begin, for a run that waits and whose end cannot be stored now. */
  stopNext(runId: string): Promise<void>;
};
