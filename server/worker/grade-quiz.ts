/** Grades a task of multiple choice and match problems in this process, without a container or an engine. */
import { gradeQuiz } from '../courses/quiz/quiz.ts';
import { phrasesIn } from '../courses/quiz/quiz-phrases.ts';
import type { Task } from '../courses/task.ts';
import type { Graded, GradeRequest } from '../execution/execute.ts';
import type { GraderInput } from '../execution/run/grading-job.ts';
import type { GradedBy, Outcome } from '../model/collections.ts';
import { concludeVerdict } from '../rules/verdict.ts';

/** Stands in for the environment that graded. */
const QUIZ: GradedBy = {
  name: 'mcq',
  image: null,
  digest: null,
  runtime: null,
  reason: 'Multiple choice and match problems are graded without a container.',
};

export function gradeQuizHere({ task, input, publish, attempt }: GradeRequest<Task>): Graded {
  const begun = performance.now();
  publish({ type: 'starting', attempt, environment: QUIZ });
  publish({ type: 'started', startMs: 0 });
  const report = gradeQuiz(task, input.answers, quizContext(input));
  const totalMs = performance.now() - begun;
  const outcome: Outcome = {
    ...concludeVerdict({ kind: 'finished', exitCode: 0 }, report, []),
    report,
    details: '',
    sharedContainer: false,
    output: { head: '', tail: '', omittedBytes: 0 },
    timings: { startMs: 0, graderMs: totalMs, programMs: totalMs, totalMs },
    used: { cpuMs: totalMs, wallMs: totalMs, memoryBytes: 0, outputBytes: 0 },
  };
  return { outcome, environment: QUIZ, folders: null, [Symbol.asyncDispose]: async () => {} };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const quizContext = ({ input, spoken = 'en' }: GraderInput) => ({
  phrases: phrasesIn(spoken),
  lang: textOf(input['@lang']),
  state: textOf(input['@state']),
});
