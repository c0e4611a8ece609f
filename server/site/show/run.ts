import type { PageTranslate } from '../../../web/languages.ts';
import type { RunPage } from '../../../web/view-models.ts';
import type { Course, Task } from '../../courses/task.ts';
import type { Answer, Run, Submission, User } from '../../model/collections.ts';
import type { Whose } from '../../people/people-of-a-run.ts';
import { feedbackView } from './feedback.ts';
import { answerFileHref, courseHref, environmentHref, runHref, taskHref } from './hrefs.ts';
import { nav } from './nav.ts';
import { tagsOf } from './tests.ts';
import { verdictView } from './verdict.ts';

export type RunContext = {
  user: User;
  staff: boolean;
  whose: Whose;
  submission: Submission | null;
  /** Whether learning platforms have the grade: sentences. */
  gradeReturns: string[];
  /** null: the course was deleted from the disk since. */
  course: Course | null;
  task: Task | null;
};

export async function runPage(run: Run, context: RunContext, t: PageTranslate): Promise<RunPage> {
  const { user, staff, whose, submission, gradeReturns, course, task } = context;
  const { outcome, environment } = run;
  const showOutput = staff || (task?.showOutput ?? false);
  const taskName = task?.name ?? run.task;
  return {
    ...nav(user, 'courses', t('run.title', { task: taskName })),
    run: {
      id: run.id,
      state: run.state,
      at: run.queuedAt,
      student: whose.shown,
      group: whose.group !== null,
    },
    course: { id: run.course, name: course?.name ?? run.course, href: courseHref(run.course) },
    task: { id: run.task, name: taskName, href: taskHref(run.course, run.task) },
    answers: Object.entries(submission?.answers ?? {}).map(([id, answer]) =>
      answerView(run.id, id, answer, task),
    ),
    environment: environment && {
      name: environment.name,
      href: environmentHref(environment.name),
      runtime: environment.runtime ?? '',
      reason: environment.reason,
      /** How its containers were started; students need not know. */
      way: (staff && environment.way) || null,
    },
    feedback:
      outcome &&
      (await feedbackView(
        outcome.report,
        { run: run.id, task, reader: { tags: tagsOf(course, task), staff }, made: outcome.html ?? null },
        t,
      )),
    verdict: outcome && verdictView(outcome, staff, t),
    output: showOutput ? (outcome?.output ?? null) : null,
    showOutput,
    staff,
    canKill: run.state !== 'done',
    killHref: `${runHref(run.id)}/kill`,
    debugHref: staff && run.state === 'done' ? `${runHref(run.id)}/debug` : null,
    debug: run.debug === true,
    gradeReturns,
  };
}

function answerView(run: string, id: string, answer: Answer, task: Task | null): RunPage['answers'][number] {
  const problem = task?.problems.find((one) => one.id === id);
  const name = problem?.name || id;
  if (typeof answer === 'object' && !Array.isArray(answer)) {
    return { id, name, text: answer.filename, fileHref: answerFileHref(run, id) };
  }
  if (problem?.type !== 'multiple_choice')
    return { id, name, text: [answer].flat().join('\n'), fileHref: null };
  const texts = [answer].flat().map((index) => problem.choices[Number(index)]?.text ?? index);
  return { id, name, text: texts.join('\n'), fileHref: null };
}
