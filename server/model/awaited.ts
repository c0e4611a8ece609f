/** Runs that wait because the environment of their task cannot grade now. */
export type AwaitedEnvironment = {
  /** As their tasks name it. */
  environment: string;
  /** For operators: what is the matter, and what to do. */
  why: string;
  runs: number;
};
