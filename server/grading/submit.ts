/** Takes a submission in: checked, stored with its run, then queued. Nothing is lost once this returns. */
import { can } from '../core/access.ts';
import { GradeportError } from '../core/errors.ts';
import { checkAnswers } from '../courses/answers.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { checkChoice, inChosen } from '../courses/environment-choice.ts';
import { randomNumbers } from '../courses/random-numbers.ts';
import type { Task } from '../courses/task.ts';
import type { EnvironmentCatalogue } from '../environments/environment.ts';
import type { Queue } from '../queue/port.ts';
import {
  type Answer,
  type LtiLaunch,
  ltiLaunchId,
  type Run,
  type Submission,
  type User,
} from '../store/collections.ts';
import type { Blobs, Store } from '../store/port.ts';
import type { Publish } from './events.ts';
import { gradeReturnOf } from './grade-return.ts';
import { findPlace, type GraderDeps } from './grader.ts';
import { allowanceOf, allowanceText } from './submission-limit.ts';
import type { Reading, SubmitResult, SubmittedAnswer } from './verbs.ts';

export type SubmitDeps = {
  store: Store;
  queue: Queue;
  courses: CourseCatalogue;
  environments: EnvironmentCatalogue;
  place: Pick<GraderDeps, 'table' | 'ceilings'>;
  limits: { maxTextBytes: number; maxFileBytes: number };
  publish: Publish;
  /** Student and task of the submissions that are being stored right now. */
  entering: Set<string>;
  newId(): string;
  clock(): number;
};

type Answers = ReadonlyMap<string, SubmittedAnswer>;

export async function submit(
  deps: SubmitDeps,
  actor: User,
  courseId: string,
  taskId: string,
  answers: Answers,
  reading: Reading = { lang: 'en' },
): Promise<SubmitResult> {
  const task = await findTask(deps, actor, courseId, taskId);
  const checked = checkAnswers(task, answers, deps.limits);
  if (!checked.ok) return checked;
  const staff = can(actor, 'see-staff-details', { course: courseId });
  checkEnvironment(deps, inChosen(task, checkChoice(task, reading.environment)), staff);
  const own = { course: courseId, task: taskId, userId: actor.id };
  // Two requests at the same moment would both find no open run.
  const key = JSON.stringify(own);
  if (deps.entering.has(key)) throw stillGraded();
  deps.entering.add(key);
  try {
    if (!staff) await checkAllowance(deps, own, task);
    const launch = actor.lti ? await deps.store.ltiLaunches.get(ltiLaunchId(own)) : null;
    return await enter(deps, own, checked.answers, launch, (attempt) => drawn(task, actor, reading, attempt));
  } finally {
    deps.entering.delete(key);
  }
}

const stillGraded = () =>
  new GradeportError(
    'busy',
    'Your last submission to this task is still being graded; wait for its verdict or stop it.',
  );

type Own = { course: string; task: string; userId: string };

async function enter(
  deps: SubmitDeps,
  own: Own,
  answers: Answers,
  /** How the student came from a learning platform; null: they did not. */
  launch: LtiLaunch | null,
  draw: (attempt: number) => Pick<Submission, 'lang' | 'random' | 'environment'>,
): Promise<SubmitResult> {
  const { store, clock } = deps;
  if (await store.runs.findOne({ ...own, state: { $in: ['queued', 'running'] } })) throw stillGraded();
  const now = new Date(clock()).toISOString();
  const attempt = await store.submissions.count(own);
  const seen = draw(attempt);
  const submission: Submission = {
    id: deps.newId(),
    ...own,
    at: now,
    answers: await storeAnswers(store.blobs, answers),
    attempt,
    ...seen,
    ...(launch && { lti: launch.fields }),
  };
  const run: Run = {
    id: deps.newId(),
    submission: submission.id,
    ...own,
    state: 'queued',
    attempt: 0,
    failures: 0,
    queuedAt: now,
    startedAt: null,
    doneAt: null,
    environment: null,
    outcome: null,
  };
  // Asked for in one turn, they are one transaction. Work on it begins before it is on disk: a verdict is stored
  // later, and nobody is told before.
  const soon = { mayBeLost: true };
  await Promise.all([
    store.submissions.insert(submission, soon),
    store.runs.insert(run, soon),
    launch?.place && store.gradeReturns.insert(gradeReturnOf(submission, launch.place), soon),
  ]);
  await enqueue(deps, run);
  await store.settled();
  return { ok: true, submission: submission.id, run: run.id };
}

async function checkAllowance({ store, clock }: SubmitDeps, own: Own, task: Task): Promise<void> {
  const allowance = await allowanceOf(store, own, task.submissionLimit, clock());
  if (allowance?.left === 0) throw new GradeportError('denied', allowanceText(allowance));
}

/** The student's numbers; other ones than those on the page would grade an answer to another question. */
function drawn(
  task: Task,
  { name }: User,
  { lang, random: shown, environment }: Reading,
  attempt: number,
): Pick<Submission, 'lang' | 'random' | 'environment'> {
  const random = randomNumbers(task, name, attempt);
  if (shown?.some((number, index) => number !== random[index])) {
    const sentence =
      'The numbers of this task have changed since you opened it. Look at it again, then submit.';
    throw new GradeportError('conflict', sentence);
  }
  return { lang, ...(random.length > 0 && { random }), ...(environment !== undefined && { environment }) };
}

async function findTask(deps: SubmitDeps, actor: User, courseId: string, taskId: string): Promise<Task> {
  const task = await deps.courses.task(courseId, taskId);
  const target = { course: courseId, opening: task?.access ?? CLOSED, now: deps.clock() };
  if (!task || !can(actor, 'see-task', target)) {
    throw new GradeportError('not-found', 'There is no such task, or it is not open to you.');
  }
  if (!can(actor, 'submit', target)) {
    throw new GradeportError('denied', `Task "${task.name}" takes no submissions now: its deadline is over.`);
  }
  return task;
}

const CLOSED = { open: false, from: null, softUntil: null, until: null };

/** Told before anything is stored, not after minutes in the queue. While the engine is away, runs may wait. */
function checkEnvironment({ environments, place }: SubmitDeps, task: Task, staff: boolean): void {
  if (task.environment === null || !environments.engine().ok) return;
  try {
    findPlace({ environments, ...place }, task, task.environment, null);
  } catch (error) {
    if (staff) throw error;
    const sentence = `The environment "${task.environment}" cannot grade now; tell your teacher. Nothing was submitted.`;
    throw new GradeportError('conflict', sentence, { cause: error });
  }
}

async function storeAnswers(blobs: Blobs, answers: Answers): Promise<Record<string, Answer>> {
  const stored: [string, Answer][] = [];
  for (const [id, answer] of answers) {
    if (typeof answer === 'string') stored.push([id, answer]);
    else if (Array.isArray(answer)) stored.push([id, answer]);
    else {
      const blob = await blobs.put(answer.content);
      stored.push([id, { filename: answer.filename, blob, size: answer.content.length }]);
    }
  }
  return Object.fromEntries(stored);
}

/** A full queue takes the submission back out: the student is told to try again, and nothing half is kept. */
async function enqueue({ store, queue, publish }: SubmitDeps, run: Run): Promise<void> {
  try {
    await queue.push(run.id);
  } catch (error) {
    await store.runs.remove({ id: run.id });
    await store.submissions.remove({ id: run.submission });
    await store.gradeReturns.remove({ id: run.submission });
    throw error;
  }
  publish(run.id, { type: 'queued' });
}
