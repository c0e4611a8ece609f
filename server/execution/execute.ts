/** Grades one input of one task, wherever that belongs: in containers, or here when it is only a quiz. */
import { emptyReport, type Report } from '../../grading-api/report.ts';
import { gradeQuiz, type Quiz } from '../courses/quiz/quiz.ts';
import { phrasesIn } from '../courses/quiz/quiz-phrases.ts';
import { findPlace, type Placing, type TaskToPlace } from '../environments/discovery/placement.ts';
import type { GradedBy, Outcome } from '../model/collections.ts';
import type { RunEvent } from '../model/run-events.ts';
import type { Engine } from '../ports/engine.ts';
import type { ShowTerminal } from '../ports/terminals.ts';
import { concludeVerdict, type Verdict } from '../rules/verdict.ts';
import type { GraderInput, TaskToRun } from './run/grading-job.ts';
import { type FinishedRun, gradeInContainers } from './run/grading-run.ts';
import { createGate } from './semaphore.ts';
import type { SlotSource } from './slots/slot.ts';

export type GraderDeps = Placing & {
  engine: Engine;
  slots: SlotSource;
  /** How many runs may use a GPU at once; without it one. */
  gpuRuns?: number;
  /** How long a terminal waits for its student; default two minutes. */
  connectMs?: number;
};

export type TaskToGrade = TaskToPlace &
  TaskToRun & {
    /** The grading name of an environment; null: graded here without a container. */
    environment: string | null;
  };

export type GradeRequest = {
  runId: string;
  attempt: number;
  task: TaskToGrade & Quiz;
  /** The course's shared folder, null if there is none. */
  common: string | null;
  input: GraderInput;
  /** A runtime asked for by name, null: the environment's own. */
  runtime: string | null;
  debug: boolean;
  signal: AbortSignal;
  publish(event: RunEvent): void;
  /** Shows a terminal to whoever waits for this run; without it nobody does. */
  showTerminal?: ShowTerminal | null;
};

export type Graded = FinishedRun & { environment: GradedBy };
export type Grader = (request: GradeRequest) => Promise<Graded>;

/** Tasks of multiple choice and match problems need no container; this stands in for the environment. */
const QUIZ: GradedBy = {
  name: 'mcq',
  image: null,
  digest: null,
  runtime: null,
  reason: 'Multiple choice and match problems are graded without a container.',
};

export function createGrader(deps: GraderDeps): Grader {
  const gpus = createGate(deps.gpuRuns ?? 1);
  return async (request) => {
    if (request.task.environment === null) return gradeQuizHere(request);
    const place = findPlace(deps, request.task, request.task.environment, request.runtime);
    const { environment } = place;
    const graded: GradedBy = {
      name: environment.name,
      image: environment.image,
      digest: environment.digest,
      runtime: place.runtime,
      reason: place.reason,
    };
    request.publish({ type: 'starting', attempt: request.attempt, environment: graded });
    await using turn = new AsyncDisposableStack();
    if (environment.needGpu) turn.use(await gpus.enter(request.signal));
    if (request.signal.aborted) return { ...nothingRan(stoppedWaiting()), environment: graded };
    const finished = await gradeInContainers(
      {
        ...deps,
        parent: place,
        common: request.common,
        find: (name: string) => deps.environments.find(name, request.task),
        installedRuntimes: deps.environments.runtimes(),
        publish: request.publish,
      },
      {
        task: request.task,
        ...request.input,
        debug: request.debug,
        signal: request.signal,
        showTerminal: request.showTerminal ?? null,
      },
    );
    const mine = turn.move();
    return {
      ...finished,
      environment: graded,
      async [Symbol.asyncDispose]() {
        await finished[Symbol.asyncDispose]();
        await mine.disposeAsync();
      },
    };
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const quizContext = ({ input, spoken = 'en' }: GraderInput) => ({
  phrases: phrasesIn(spoken),
  lang: textOf(input['@lang']),
  state: textOf(input['@state']),
});

function gradeQuizHere({ task, input, publish, attempt }: GradeRequest): Graded {
  const begun = performance.now();
  publish({ type: 'starting', attempt, environment: QUIZ });
  publish({ type: 'started', startMs: 0 });
  const report = gradeQuiz(task, input.answers, quizContext(input));
  const totalMs = performance.now() - begun;
  const verdict = concludeVerdict({ kind: 'finished', exitCode: 0 }, report, []);
  return { ...nothingRan({ verdict, report, totalMs }), environment: QUIZ };
}

const stoppedWaiting = (): Conclusion => ({
  verdict: concludeVerdict({ kind: 'killed' }, null, []),
  report: emptyReport,
  totalMs: 0,
});

type Conclusion = { verdict: Verdict; report: Report; totalMs: number };

/** The end of a run that had no container. */
function nothingRan({ verdict, report, totalMs }: Conclusion): FinishedRun {
  const outcome: Outcome = {
    ...verdict,
    report,
    details: '',
    sharedContainer: false,
    output: { head: '', tail: '', omittedBytes: 0 },
    timings: { startMs: 0, graderMs: totalMs, programMs: totalMs, totalMs },
    used: { cpuMs: totalMs, wallMs: totalMs, memoryBytes: 0, outputBytes: 0 },
  };
  return { outcome, folders: null, [Symbol.asyncDispose]: async () => {} };
}
