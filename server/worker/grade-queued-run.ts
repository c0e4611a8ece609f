/**
 * Takes one run from queued to done. Every step may happen twice: a run is claimed by compare-and-set, and
 * its outcome is stored only if nobody claimed it since. Save, then publish, then clean up.
 */
import type { Logger } from 'pino';
import { inChosen } from '../courses/environment-choice.ts';
import type { Executor, Graded } from '../execution/execute.ts';
import type { Outcome, Run } from '../model/collections.ts';
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { Publish } from '../model/run-events.ts';
import { ownersBeside, peopleOf } from '../people/teams.ts';
import type { Store } from '../ports/store.ts';
import type { ShowTerminal } from '../ports/terminals.ts';
import { GradeportError } from '../rules/errors.ts';
import { graderOf } from './grade-task.ts';
import { inputOf } from './grader-input.ts';
import type { TaskOfRun } from './task-of-run.ts';

/** Our own faults in one run before it is given up; the student may then submit again. */
const MAX_FAILURES = 3;
/** A run that was there whenever the server died is not tried for ever. */
const MAX_SERVER_DEATHS = 10;
/** Nor is one for ever whose engine goes away each time, which is nobody's failure here. */
const MAX_ATTEMPTS = 30;

export type WorkerDeps = {
  store: Store;
  taskOf: TaskOfRun;
  execute: Executor;
  publish: Publish;
  /** Who shows a run's terminal to its student; null: nobody. */
  terminals?: { of(runId: string): ShowTerminal } | null;
  /** Told that a run waits for a person and needs no processor until it returns. */
  waitsForPerson?(runId: string): void;
  log: Logger;
  clock(): number;
};

/** Why a run's signal is aborted: the server ends, and the run waits for the next start. */
export const SHUTDOWN = 'shutdown';

/** @param signal aborted when a person stops the run, or with reason SHUTDOWN */
export async function workOn(deps: WorkerDeps, runId: string, signal: AbortSignal): Promise<void> {
  if (signal.reason === SHUTDOWN) return;
  const { store, clock } = deps;
  const run = await store.runs.update(
    { id: runId, state: 'queued' },
    { $set: { state: 'running', startedAt: new Date(clock()).toISOString() }, $inc: { attempt: 1 } },
    // After a loss of power it is queued anew either way.
    { mayBeLost: true },
  );
  if (!run) return;
  if (signal.aborted) return conclude(deps, run, outcomeWithoutRun({ kind: 'killed' }), null);
  if (run.failures >= MAX_SERVER_DEATHS) {
    const reason = 'The server ended again and again while grading it.';
    return conclude(deps, run, outcomeWithoutRun({ kind: 'system-error', reason }), null);
  }
  try {
    await using graded = await grade(deps, run, signal);
    if (signal.reason === SHUTDOWN) await giveBack(deps, run, run.failures);
    else await conclude(deps, run, graded.outcome, graded.environment);
  } catch (error) {
    if (await recover(deps, run, error, signal)) throw error;
  }
}

/** Our own fault, not the student's. True when the queue should hand the run out again. */
async function recover(deps: WorkerDeps, run: Run, error: unknown, signal: AbortSignal): Promise<boolean> {
  if (signal.reason === SHUTDOWN) {
    await giveBack(deps, run, run.failures);
    return false;
  }
  if (signal.aborted) {
    await conclude(deps, run, outcomeWithoutRun({ kind: 'killed' }), null);
    return false;
  }
  deps.log.error({ err: error, run: run.id, attempt: run.attempt }, 'grading a run failed by our fault');
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof GradeportError ? error.code : 'internal';
  const failures = run.failures + (code === 'unreachable' ? 0 : 1);
  const hopeless = failures >= MAX_FAILURES || run.attempt >= MAX_ATTEMPTS;
  if (hopeless || code === 'conflict' || code === 'not-found') {
    await conclude(deps, run, outcomeWithoutRun({ kind: 'system-error', reason }), null);
    return false;
  }
  await giveBack(deps, run, failures);
  const told = code === 'unreachable' ? reason : 'Something went wrong on our side; it is tried again.';
  deps.publish(run.id, { type: 'requeued', reason: told });
  return true;
}

async function giveBack({ store }: WorkerDeps, { id, attempt }: Run, failures: number): Promise<void> {
  await store.runs.update({ id, state: 'running', attempt }, { $set: { state: 'queued', failures } });
}

async function grade(deps: WorkerDeps, run: Run, signal: AbortSignal): Promise<Graded> {
  const { store, taskOf, execute, publish } = deps;
  const [read, found] = await Promise.all([readFor(store, run), taskOf(run)]);
  const { submission, people, state } = read;
  if (!submission || !found) {
    throw new GradeportError(
      'not-found',
      `Task "${run.task}" of course "${run.course}" is gone or cannot be read.`,
    );
  }
  return graderOf(execute)({
    runId: run.id,
    attempt: run.attempt,
    task: inChosen(found.task, submission.environment),
    common: found.common,
    input: await inputOf(submission, people, state, store.blobs),
    runtime: null,
    debug: run.debug === true,
    signal,
    publish: (event) => publish(run.id, event),
    showTerminal: deps.terminals ? toldOf(deps, run.id, deps.terminals.of(run.id)) : null,
  });
}

/** At once what does not depend on each other: each is a way to the database. */
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

/** The people, and what their last graded run left for the next one. */
async function readAbout(store: Store, { course, task }: Run, owner: Pick<Run, 'userId' | 'team'>) {
  const stateOf = async () =>
    // Only what is needed of a document that may be long.
    store.runs.pluck(
      ['outcome.report.state'],
      { course, task, userId: await ownersBeside(store, owner), state: 'done' },
      { sort: { queuedAt: -1 }, limit: 1 },
    );
  const [people, [before]] = await Promise.all([peopleOf(store, owner), stateOf()]);
  return { people, state: String(before?.[0] ?? '') };
}

const toldOf =
  ({ waitsForPerson }: WorkerDeps, runId: string, show: ShowTerminal): ShowTerminal =>
  (line, until) => {
    waitsForPerson?.(runId);
    return show(line, until);
  };

async function conclude(
  deps: WorkerDeps,
  run: Run,
  outcome: Outcome,
  environment: Run['environment'],
): Promise<void> {
  const { id, attempt } = run;
  const stored = await deps.store.runs.update(
    { id, state: 'running', attempt },
    { $set: { state: 'done', doneAt: new Date(deps.clock()).toISOString(), outcome, environment } },
  );
  // Somebody else took the run meanwhile: theirs is the verdict.
  if (stored) deps.publish(id, { type: 'done', outcome });
}
