/**
 * Takes one run from queued to done. Every step may happen twice: a run is claimed by compare-and-set, and
 * its outcome is stored only if it was not claimed again since. Save, then publish, then clean up.
 */
import type { Logger } from 'pino';
import type { Task } from '../courses/task.ts';
import { renderReport } from '../courses/text/render-report.ts';
import type { Executor, GradeRequest } from '../execution/execute.ts';
import type { Outcome, Run } from '../model/collections.ts';
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { Publish, RunEvent } from '../model/run-events.ts';
import type { Timer } from '../ports/clock.ts';
import type { ShowTerminal } from '../ports/terminals.ts';
import { EnvironmentAway } from '../rules/errors.ts';
import { afterFailure, whyHopeless } from './after-failure.ts';
import { gatherEvents } from './gather-events.ts';
import { gradeQuizHere } from './grade-quiz.ts';
import { needsContainer } from './grade-task.ts';
import type { MachinePause, Trials } from './machine-pause.ts';
import type { RunSource, Work } from './run-source.ts';

export type GradeDeps = {
  source: RunSource;
  execute: Executor;
  publish: Publish;
  /** Shows a run's terminal to its student; null: no student is there. */
  terminals?: { of(runId: string): ShowTerminal } | null;
  /** Called when the run waits for a person: it needs no processor until that is over. */
  waitsForPerson?(): void;
  /** Called when the run's containers are slow to start; returns whether it has given its place away. */
  startsLate?(): boolean;
  pause: Pick<MachinePause, 'failed' | 'passed'>;
  trials: Trials;
  log: Pick<Logger, 'error' | 'warn'>;
  /** When gathered output goes out. */
  timer?: Timer;
};

/** All events of an attempt go through `say`, so that nothing overtakes its output. */
type AttemptDeps = Omit<GradeDeps, 'publish'> & { say(event: RunEvent): void };

type WhyNotGraded = Parameters<typeof outcomeWithoutRun>[0];

/** Why a run's signal is aborted: the server ends, and the run waits for the next start. */
export const SHUTDOWN = 'shutdown';

/** Asked after each wait, because it may begin meanwhile. */
const isEnding = (signal: AbortSignal): boolean => signal.reason === SHUTDOWN;

/** @param signal aborted when a person stops the run, or with reason SHUTDOWN */
export async function gradeQueuedRun(given: GradeDeps, runId: string, signal: AbortSignal): Promise<void> {
  if (isEnding(signal)) return;
  const { source, publish, timer } = given;
  const run = await source.claim(runId);
  if (!run) return;
  if (isEnding(signal)) return source.giveBack(run, run.failures);
  using gatherer = gatherEvents(publish, runId, timer && { timer });
  const deps: AttemptDeps = { ...given, say: gatherer.say };
  if (signal.aborted) return conclude(deps, run, { kind: 'killed' });
  const hopeless = whyHopeless(run);
  if (hopeless !== null) return conclude(deps, run, { kind: 'system-error', reason: hopeless });
  try {
    const { task, ...request } = requestOf(deps, run, await source.load(run), signal);
    await using graded = needsContainer(task)
      ? await deps.execute({ ...request, task })
      : gradeQuizHere({ ...request, task });
    const { environment } = graded;
    const outcome = await withHtml(run.id, graded.outcome, task);
    if (needsContainer(task)) machineIsWell(deps);
    if (isEnding(signal)) await source.giveBack(run, run.failures);
    // Stopped while its report was rendered: what a person was answered holds.
    else if (signal.aborted) await conclude(deps, run, { kind: 'killed' });
    else if (await source.finish(run, { outcome, environment })) deps.say({ type: 'done', outcome });
  } catch (error) {
    if (await recover(deps, run, error, signal)) throw error;
  }
}

function machineIsWell({ pause, trials }: AttemptDeps): void {
  trials.passed();
  pause.passed();
}

const requestOf = (deps: AttemptDeps, run: Run, work: Work, signal: AbortSignal): GradeRequest<Task> => ({
  ...work,
  runId: run.id,
  attempt: run.attempt,
  runtime: null,
  debug: run.debug === true,
  signal,
  publish: deps.say,
  startsLate: deps.startsLate,
  showTerminal: deps.terminals ? parking(deps, deps.terminals.of(run.id)) : null,
});

const parking =
  ({ waitsForPerson }: Pick<GradeDeps, 'waitsForPerson'>, show: ShowTerminal): ShowTerminal =>
  (line, until) => {
    waitsForPerson?.();
    return show(line, until);
  };

/** Handles our own fault, not the student's. True when the queue should hand the run out again. */
async function recover(deps: AttemptDeps, run: Run, error: unknown, signal: AbortSignal): Promise<boolean> {
  if (isEnding(signal)) {
    await deps.source.giveBack(run, run.failures);
    return false;
  }
  if (signal.aborted) {
    await conclude(deps, run, { kind: 'killed' });
    return false;
  }
  logFault(deps.log, run, error);
  const after = afterFailure(run, error, deps.trials.failed(run.id, error));
  if (after.next === 'give up') {
    await conclude(deps, run, { kind: 'system-error', reason: after.reason });
    return false;
  }
  if (after.machine !== undefined) deps.pause.failed(after.machine, error);
  await deps.source.giveBack(run, after.failures);
  deps.say({ type: 'requeued', reason: after.reason });
  return true;
}

function logFault(log: AttemptDeps['log'], { id, attempt }: Run, error: unknown): void {
  // A state that operators know of, met at every try; its sentence says it all.
  if (error instanceof EnvironmentAway) log.warn({ run: id, attempt }, `a run waits: ${error.message}`);
  else
    log.error(
      { err: error, run: id, attempt },
      'a fault of Gradeport or of the machine ended a try to grade a run',
    );
}

/** Once for all readers, and off the event loop. */
const withHtml = async (run: string, outcome: Outcome, task: Task): Promise<Outcome> => ({
  ...outcome,
  html: await renderReport(run, outcome.report, task),
});

/** Concludes a run without having graded it. */
async function conclude({ source, say }: AttemptDeps, run: Run, why: WhyNotGraded): Promise<void> {
  const outcome = outcomeWithoutRun(why);
  if (await source.finish(run, { outcome, environment: null })) say({ type: 'done', outcome });
}
