/**
 * Takes one run from queued to done. Every step may happen twice: a run is claimed by compare-and-set, and
 * its outcome is stored only if nobody claimed it since. Save, then publish, then clean up.
 */
import type { Logger } from 'pino';
import type { Executor } from '../execution/execute.ts';
import type { Run } from '../model/collections.ts';
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { Publish } from '../model/run-events.ts';
import type { ShowTerminal } from '../ports/terminals.ts';
import { afterFailure, whyHopeless } from './after-failure.ts';
import { gradeQuizHere } from './grade-quiz.ts';
import { needsContainer } from './grade-task.ts';
import type { Ending, RunSource } from './run-source.ts';

export type GradeDeps = {
  source: RunSource;
  execute: Executor;
  publish: Publish;
  /** Who shows a run's terminal to its student; null: nobody. */
  terminals?: { of(runId: string): ShowTerminal } | null;
  /** The run waits for a person, and needs no processor until that is over. */
  waitsForPerson?(): void;
  log: Pick<Logger, 'error'>;
};

/** Why a run's signal is aborted: the server ends, and the run waits for the next start. */
export const SHUTDOWN = 'shutdown';

/**
 * What comes of one attempt: a verdict, or the run goes back. reason: for the student who watches; null: none. again: why
 * the queue is to hand it out once more; undefined: it is not.
 */
type Attempt = { ending: Ending } | { failures: number; reason: string | null; again: unknown };

/** @param signal aborted when a person stops the run, or with reason SHUTDOWN */
export async function gradeQueuedRun(deps: GradeDeps, runId: string, signal: AbortSignal): Promise<void> {
  if (signal.reason === SHUTDOWN) return;
  const run = await deps.source.claim(runId);
  if (!run) return;
  await using graded = new AsyncDisposableStack();
  const attempt = await tried(deps, run, signal, graded);
  // An outcome that cannot be stored is a fault like others.
  const again = await keep(deps, run, attempt).catch((error: unknown) =>
    keep(deps, run, afterFault(deps, run, error, signal)),
  );
  if (again !== undefined) throw again;
}

/** @returns why the queue is to hand the run out again; undefined: it is not */
async function keep({ source, publish }: GradeDeps, run: Run, attempt: Attempt): Promise<unknown> {
  if ('ending' in attempt) {
    const { outcome } = attempt.ending;
    if (await source.finish(run, attempt.ending)) publish(run.id, { type: 'done', outcome });
    return undefined;
  }
  await source.giveBack(run, attempt.failures);
  if (attempt.reason !== null) publish(run.id, { type: 'requeued', reason: attempt.reason });
  return attempt.again;
}

/** @param cleanup takes the containers away once the outcome is safe */
async function tried(
  deps: GradeDeps,
  run: Run,
  signal: AbortSignal,
  cleanup: AsyncDisposableStack,
): Promise<Attempt> {
  if (signal.aborted) return KILLED;
  const hopeless = whyHopeless(run);
  if (hopeless !== null) return givenUp(hopeless);
  try {
    const { outcome, environment } = cleanup.use(await grade(deps, run, signal));
    return signal.reason === SHUTDOWN ? leftForLater(run) : { ending: { outcome, environment } };
  } catch (error) {
    return afterFault(deps, run, error, signal);
  }
}

function afterFault(deps: GradeDeps, run: Run, error: unknown, signal: AbortSignal): Attempt {
  if (signal.reason === SHUTDOWN) return leftForLater(run);
  if (signal.aborted) return KILLED;
  deps.log.error({ err: error, run: run.id, attempt: run.attempt }, 'grading a run failed by our fault');
  const after = afterFailure(run, error);
  if (after.next === 'give up') return givenUp(after.reason);
  return { failures: after.failures, reason: after.reason, again: error };
}

const KILLED: Attempt = { ending: { outcome: outcomeWithoutRun({ kind: 'killed' }), environment: null } };
const givenUp = (reason: string): Attempt => ({
  ending: { outcome: outcomeWithoutRun({ kind: 'system-error', reason }), environment: null },
});
const leftForLater = ({ failures }: Run): Attempt => ({ failures, reason: null, again: undefined });

async function grade(deps: GradeDeps, run: Run, signal: AbortSignal) {
  const { task, ...work } = await deps.source.load(run);
  const request = {
    ...work,
    runId: run.id,
    attempt: run.attempt,
    runtime: null,
    debug: run.debug === true,
    signal,
    publish: (event: Parameters<Publish>[1]) => deps.publish(run.id, event),
    showTerminal: deps.terminals ? parking(deps, deps.terminals.of(run.id)) : null,
  };
  return needsContainer(task) ? deps.execute({ ...request, task }) : gradeQuizHere({ ...request, task });
}

const parking =
  ({ waitsForPerson }: GradeDeps, show: ShowTerminal): ShowTerminal =>
  (line, until) => {
    waitsForPerson?.();
    return show(line, until);
  };
