/** What pages and the API can ask of grading. */
import type { FoundTask } from '../courses/students/visible.ts';
import type { AnswerFaults, SubmittedAnswers } from '../model/answers.ts';
import type { User } from '../model/collections.ts';

/** How the student saw the task, and what they chose beside their answers. */
export type Reading = {
  lang: string;
  /** The "@random" numbers on the page; if others would be graded, nothing is submitted. */
  random?: readonly number[];
  /** One of the task's environment_choices; without it the task's own. Another one is refused ("usage"). */
  environment?: string;
};

export type SubmitResult =
  | { ok: true; submission: string; run: string }
  | { ok: false; faults: AnswerFaults };

/**
 * What came of stopping a run. stopped: it is over, and its verdict is "killed". stopping: that follows as soon as its programs
 * have ended and the store takes it. graded: it has a verdict, which is being stored. over: it was over already.
 */
export const STOPPED = ['stopped', 'stopping', 'graded', 'over'] as const;
export type Stopped = (typeof STOPPED)[number];

export type Grading = {
  /**
   * Stores a submission and queues its run. Faulty answers are an expected alternative; nothing is stored then.
   * Fails with "denied" (closed, submission limit), "busy" (queue full, one run of this task is already waiting),
   * "conflict" (environment unavailable, other random numbers), "no-space".
   * @param at a task that the actor may see
   */
  submit(actor: User, at: FoundTask, answers: SubmittedAnswers, reading?: Reading): Promise<SubmitResult>;
  /** Ends one of the actor's runs (staff: any run in the course), in whatever state it is. */
  kill(actor: User, runId: string): Promise<Stopped>;
  /**
   * Grades the submission of a run once more, with the grader's "debug" set, as a run of the actor's own; returns its
   * id. Staff only: "not-found" for others. "busy" while the actor has another run of the task.
   */
  debug(actor: User, runId: string): Promise<string>;
  /** Waits at most `ms` for the verdict; returns whether there is one. Most come before a page could be read. */
  settled(runId: string, ms: number): Promise<boolean>;
  /** 0 for the next one; null when the run is not waiting. */
  position(runId: string): Promise<number | null>;
};
