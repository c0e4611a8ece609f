/** Where a worker gets its runs and leaves their results: a store, or a channel to one. */
import { inChosen } from '../courses/environment-choice.ts';
import type { Task } from '../courses/task.ts';
import type { GraderInput } from '../execution/run/grading-job.ts';
import type { GradedBy, Outcome, Run } from '../model/collections.ts';
import { peopleOf } from '../people/teams.ts';
import type { Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { VERDICTS } from '../rules/verdict.ts';
import type { Amounts } from '../submissions/admission/amounts.ts';
import { needsContainer } from './grade-task.ts';
import { inputOf } from './grader-input.ts';
import type { TaskOfRun } from './task-of-run.ts';

/** What one run grades. */
export type Work = { task: Task; common: string | null; input: GraderInput };
type Ending = { outcome: Outcome; environment: GradedBy | null };

export type RunSource = {
  /** Claims a queued run for its next attempt; null: it is no longer queued. */
  claim(runId: string): Promise<Run | null>;
  /** Fails with "not-found" when its task is gone. */
  load(run: Run): Promise<Work>;
  /** Stores the verdict. False when another attempt has begun since: that one's verdict counts. */
  finish(run: Run, ending: Ending): Promise<boolean>;
  /** Marks a run as queued again, unless another attempt has begun since. */
  giveBack(run: Run, failures: number): Promise<void>;
  /** Whether a run has to wait while the engine is away; a quiz never does. */
  needsEngine(runId: string): Promise<boolean>;
};

type Sources = {
  store: Store;
  taskOf: TaskOfRun;
  clock(): number;
  /** Counts what a run left in the store. */
  amounts?: Pick<Amounts, 'left'>;
};

export function createRunSource({ store, taskOf, clock, amounts }: Sources): RunSource {
  const now = (): string => new Date(clock()).toISOString();

  return {
    claim: (id) =>
      store.runs.update(
        { id, state: 'queued' },
        { $set: { state: 'running', startedAt: now() }, $inc: { attempt: 1 } },
        // After a loss of power it is queued anew either way.
        { mayBeLost: true },
      ),
    async load(run) {
      const [read, found] = await Promise.all([readFor(store, run), taskOf(run)]);
      const { submission, people, state } = read;
      if (!submission || !found) {
        throw new GradeportError(
          'not-found',
          `Task "${run.task}" of course "${run.course}" is gone or cannot be read.`,
        );
      }
      return {
        task: inChosen(found.task, submission.environment),
        common: found.common,
        input: await inputOf(submission, people, state, store.blobs),
      };
    },
    async finish(run, ending) {
      const { id, attempt } = run;
      const stored = await store.runs.update(
        { id, state: 'running', attempt },
        { $set: { state: 'done', doneAt: now(), ...ending }, $unset: { openKey: true } },
      );
      if (stored !== null) amounts?.left(run, ending.outcome);
      return stored !== null;
    },
    async giveBack({ id, attempt }, failures) {
      await store.runs.update({ id, state: 'running', attempt }, { $set: { state: 'queued', failures } });
    },
    async needsEngine(runId) {
      const run = await store.runs.get(runId);
      // A run whose task cannot be found or read is concluded when the engine is back.
      const found = run && (await taskOf(run).catch(() => null));
      return !found || needsContainer(found.task);
    },
  };
}

/** Reads independent documents in parallel: each read is a round trip to the database. */
async function readFor(store: Store, run: Run) {
  // A debug run is its teacher's, and shows the grader the student whose submission it is.
  if (run.debug) {
    const submission = await store.submissions.get(run.submission);
    return { submission, ...(await readAbout(store, run, submission ?? run)) };
  }
  const [submission, about] = await Promise.all([
    store.submissions.get(run.submission),
    readAbout(store, run, run),
  ]);
  return { submission, ...about };
}

/** Other verdicts may be those of runs whose grader never began. */
const WITH_GRADER = VERDICTS.filter((verdict) => verdict !== 'killed' && verdict !== 'system-error');

/** Reads the people, and what their last graded run left for the next one. */
async function readAbout(store: Store, { course, task }: Run, owner: Pick<Run, 'userId' | 'team'>) {
  // A group's state stays with the group, even after its members changed.
  const whose = owner.team ? { 'team.group': owner.team.group } : { userId: owner.userId };
  // Only this path, because the document may be long.
  const state = store.runs.pluck(
    ['outcome.report.state'],
    { ...whose, course, task, state: 'done', 'outcome.verdict': { $in: WITH_GRADER } },
    { sort: { queuedAt: -1 }, limit: 1 },
  );
  const [people, [before]] = await Promise.all([peopleOf(store, owner), state]);
  return { people, state: String(before?.[0] ?? '') };
}
