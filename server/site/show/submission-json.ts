/** Submissions and runs as the API returns them. */

import type { PageTranslate } from '../../../web/languages.ts';
import type { CourseTag, Task } from '../../courses/task.ts';
import type { Answer, Outcome, Run, Submission, User } from '../../model/collections.ts';
import type { Whose } from '../../people/people-of-a-run.ts';
import { can } from '../../rules/access.ts';
import type { RunInList } from '../../submissions/list-verbs.ts';
import { runHref } from './hrefs.ts';
import { type TestReader, testsFor } from './tests.ts';
import { verdictLabel } from './verdict.ts';

export function submissionJson(
  submission: Submission,
  { student, group }: Whose,
  runs: readonly RunInList[],
) {
  const { id, course, task, at, attempt, environment } = submission;
  return {
    id,
    course,
    task,
    student,
    group,
    at,
    attempt,
    environment: environment ?? null,
    runs: runs.map(runSummary),
  };
}

/** The submitted answers; files by name and size. */
export function answersJson(submission: Submission): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(submission.answers).map(([id, answer]) => [id, answerJson(answer)]),
  );
}

function answerJson(answer: Answer): unknown {
  if (typeof answer !== 'object' || Array.isArray(answer)) return answer;
  return { filename: answer.filename, size: answer.size };
}

const runSummary = (run: RunInList) => ({ ...run, href: runHref(run.id) });

export type RunJsonContext = {
  user: User;
  whose: Whose;
  task: Task | null;
  tags: readonly CourseTag[];
  position: number | null;
};

export function runJson(run: Run, { user, whose, task, tags, position }: RunJsonContext, t: PageTranslate) {
  const { id, submission, course, state, attempt, queuedAt, startedAt, doneAt, environment } = run;
  const staff = can(user, 'see-staff-details', run);
  const showOutput = staff || (task?.showOutput ?? false);
  return {
    id,
    submission,
    course,
    task: run.task,
    student: whose.student,
    group: whose.group,
    state,
    attempt,
    position,
    queuedAt,
    startedAt,
    doneAt,
    environment,
    href: runHref(id),
    outcome: run.outcome && outcomeJson(run.outcome, { staff, showOutput, tags }, t),
  };
}

/** `custom` and `state` of a report are the grader's own notes, `details` may quote its code: for staff only. */
function outcomeJson(
  outcome: Outcome,
  { showOutput, ...reader }: TestReader & { showOutput: boolean },
  t: PageTranslate,
) {
  const { staff } = reader;
  const { verdict, result, grade, summary, report, output, timings, used, details } = outcome;
  const { text, problems, tests } = report;
  return {
    verdict,
    label: verdictLabel(verdict, t),
    result,
    grade,
    summary,
    report: staff ? report : { text, problems, tests: testsFor(tests, reader) },
    output: showOutput ? output : null,
    timings,
    used,
    ...(staff && { details, sharedContainer: outcome.sharedContainer }),
    ...(outcome.uncounted && { uncounted: outcome.uncounted }),
  };
}
