/** What every task format is read into. Formats differ; the rest of the house knows only these shapes. */
import type { Limits } from '../core/limits.ts';

type ProblemBase = { id: string; name: string /** reStructuredText */; header: string };
export type CodeProblem = ProblemBase & {
  type: 'code' | 'code_single_line';
  language: string;
  default: string;
  optional: boolean;
  /** Number of the first line as shown, from 1. */
  firstLine: number;
};
export type FileProblem = ProblemBase & {
  type: 'file';
  /** null: the operator's limit. */
  maxBytes: number | null;
  /** Endings such as ".c"; empty: any. */
  extensions: string[];
};
export type Choice = { text: string; valid: boolean; feedback: string };
export type ChoiceProblem = ProblemBase & {
  type: 'multiple_choice';
  /** In the order of the file: an answer is an index into this list, as text. */
  choices: Choice[];
  multiple: boolean;
  /** How many choices to show; 0: all. */
  limit: number;
  shuffle: boolean;
  /** Tell only whether all is right, not which problem is wrong. */
  centralize: boolean;
  errorMessage: string;
  successMessage: string;
};
export type MatchProblem = ProblemBase & { type: 'match'; answer: string; centralize: boolean };
export type Problem = CodeProblem | FileProblem | ChoiceProblem | MatchProblem;

export type Task = {
  id: string;
  course: string;
  /** Absolute path of the task's folder. */
  folder: string;
  name: string;
  author: string;
  /** reStructuredText */
  context: string;
  problems: Problem[];
  /** The grading name of an environment; null: graded here without a container (multiple choice, match). */
  environment: string | null;
  /** What the task asks for beyond its environment's own labels (INGInious' types kata and nvidia). */
  environmentNeeds?: { needRoot: boolean; needGpu: boolean };
  limits: Partial<Limits>;
  /** The grader's command, already split; null: the folder's run file. */
  runCommand: string[] | null;
  network: boolean;
  /** Whether students see what the grader prints, while it prints. */
  showOutput: boolean;
  order: number;
  weight: number;
  access: Access;
};

/** When a task is open; instants in ms since 1970, null: no bound. */
export type Access = { open: boolean; from: number | null; softUntil: number | null; until: number | null };

/** A file that could not be read as it should: where, and what was expected. Lines and columns from 1. */
export type FileProblemReport = { file: string; line: number | null; column: number | null; message: string };

export type BrokenTask = { id: string; problems: FileProblemReport[] };

export type Course = {
  id: string;
  folder: string;
  name: string;
  /** reStructuredText */
  description: string;
  tasks: Task[];
  /** Tasks that cannot be read; the rest of the course works. */
  broken: BrokenTask[];
  /** Absolute path of $common, null if there is none. */
  common: string | null;
};
