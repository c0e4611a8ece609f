/** What people want of a run that a worker has taken. The worker may be another process, or gone. */
export type RunCommands = {
  /** Ends the work on a run, which is then killed; false when no worker has it. */
  stop(runId: string): Promise<boolean>;
};
