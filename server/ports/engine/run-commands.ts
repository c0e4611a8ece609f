/** Commands to the worker that has taken a run. The worker may be another process, or gone. */
export type RunCommands = {
  /** Stops the work on a run, whose verdict is then "killed"; false when no worker has it. */
  stop(runId: string): Promise<boolean>;
};
