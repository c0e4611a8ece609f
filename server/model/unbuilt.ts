/** An environment that comes with Gradeport and that the last start could not build. */
export type UnbuiltEnvironment = {
  /** Its folder in environments/, as commands name it. */
  name: string;
  /** For operators: why, and what grades meanwhile. */
  why: string;
  /** The file with all that the build printed. */
  log: string;
  /** The command that tries again. */
  command: string;
};
