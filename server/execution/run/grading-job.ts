/** The input of execution for one run: what it needs to know of the task, and the student's answers. */
import type { SubmittedAnswers } from '../../model/answers.ts';
import type { ShowTerminal } from '../../ports/terminals.ts';

/** What a run needs of a task, once its place is found. */
export type TaskToRun = {
  /** Absolute path of the task's folder. */
  folder: string;
  /** The grader's command, already split; null: the folder's run file. */
  runCommand: string[] | null;
  /** Whether the task's grader may give the student a terminal. */
  terminal: boolean;
  /** Their types say whether students answer with code. */
  problems: readonly { type: string }[];
};

export type GraderInput = {
  /** Problem id → answer, and INGInious' "@…" keys; uploaded files as { filename, value: base64 }. */
  input: Record<string, unknown>;
  /** The keys of `input` that hold uploaded files. */
  files: string[];
  /** The same answers, for what is graded without a container. */
  answers: SubmittedAnswers;
  /** The language of Gradeport's sentences to the student; English where results are compared with others'. */
  spoken?: string;
};

export type GradingJob = Pick<GraderInput, 'input' | 'files'> & {
  task: TaskToRun;
  debug: boolean;
  /** Shows a terminal to the student; null: nobody is there. */
  showTerminal: ShowTerminal | null;
  /** Aborted when a person stops the run. */
  signal: AbortSignal;
};
