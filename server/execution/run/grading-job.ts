/** What execution is given for one run: what it needs of the task, and the input of the student. */
import type { SubmittedAnswers } from '../../model/answers.ts';
import type { ShowTerminal } from '../../ports/terminals.ts';

/** What a run needs of a task, once its place is found. */
export type TaskToRun = {
  /** Absolute path of the task's folder. */
  folder: string;
  /** The grader's command, already split; null: the folder's run file. */
  runCommand: string[] | null;
  /** Whether its grader may give the student a terminal. */
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
  /** In which the house speaks to the student; where results are compared with others', it is English. */
  spoken?: string;
};

export type GradingJob = Pick<GraderInput, 'input' | 'files'> & {
  task: TaskToRun;
  debug: boolean;
  /** Who can be shown a terminal; null: nobody. */
  showTerminal: ShowTerminal | null;
  /** Aborted when a person stops the run. */
  signal: AbortSignal;
};
