/** Takes a submission in: checked, stored with its run, then queued. Nothing is lost once this returns. */

import { checkAnswers } from '../courses/answers.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { checkChoice, inChosen } from '../courses/environment-choice.ts';
import { randomNumbers } from '../courses/random-numbers.ts';
import type { Settings } from '../courses/student-settings.ts';
import type { Course, Task } from '../courses/task.ts';
import { seesTask } from '../courses/tasks-of-a-student.ts';
import type { EnvironmentCatalogue } from '../environments/discovery/environment.ts';
import { findPlace, type Placing } from '../environments/discovery/placement.ts';
import type { SubmittedAnswers } from '../model/answers.ts';
import type { Answer, Submission, User } from '../model/collections.ts';
import type { LtiLaunch } from '../model/lti.ts';
import { settingsOf } from '../people/student-settings-of.ts';
import { groupless, keepTeam, type Party, partyOf } from '../people/teams.ts';
import type { Blobs } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';
import { checkNoneIsOpen, type NewRunDeps, oneAtATime, queueRun } from './new-run.ts';
import { gradeReturnsOf, launchesOf } from './owed-grades.ts';
import type { Reading, SubmitResult } from './port.ts';
import { allowanceOf, usedUpText } from './submission-limit.ts';

export type SubmitDeps = NewRunDeps & {
  courses: CourseCatalogue;
  environments: EnvironmentCatalogue;
  place: Pick<Placing, 'table' | 'ceilings'>;
  limits: { maxTextBytes: number; maxFileBytes: number };
};

export async function submit(
  deps: SubmitDeps,
  actor: User,
  courseId: string,
  taskId: string,
  answers: SubmittedAnswers,
  reading: Reading = { lang: 'en' },
): Promise<SubmitResult> {
  const { course, task } = await findTask(deps, actor, courseId, taskId);
  const checked = checkAnswers(task, answers, deps.limits);
  if (!checked.ok) return checked;
  const staff = can(actor, 'see-staff-details', { course: courseId });
  checkEnvironment(deps, inChosen(task, checkChoice(task, reading.environment)), staff);
  const party = (await partyOf(deps.store, actor, task)) ?? groupless();
  const owner = party.owner.team?.group ?? actor.id;
  return oneAtATime(deps, { course: courseId, task: taskId, owner }, STILL_GRADED, async () => {
    if (!staff) await checkAllowance(deps, party, task);
    const settings = await settingsOf(deps.store, actor.id, course);
    const launches = course.lti ? await launchesOf(deps.store, task, party.owner) : [];
    return enter(deps, task, party, checked.answers, { ...reading, settings, launches });
  });
}

const STILL_GRADED =
  'Your last submission to this task is still being graded; wait for its verdict or stop it.';

/** What was read, and what is known of those who hand in. */
type Told = Reading & { settings: Settings; launches: readonly LtiLaunch[] };

async function enter(
  deps: SubmitDeps,
  task: Task,
  party: Party,
  answers: SubmittedAnswers,
  reading: Told,
): Promise<SubmitResult> {
  const { store, clock } = deps;
  const own = { course: task.course, task: task.id, ...party.owner };
  const [attempt] = await Promise.all([
    store.submissions.count(party.all),
    checkNoneIsOpen(deps, party.all, STILL_GRADED),
  ]);
  const now = new Date(clock()).toISOString();
  const seen = drawn(task, party, reading, attempt);
  const by = party.owner.team?.by ?? party.owner.userId;
  const sender = reading.launches.find(({ userId }) => userId === by);
  if (!party.isKept) await keepTeam(store, party.owner);
  const submission: Submission = {
    id: deps.newId(),
    ...own,
    at: now,
    answers: await storeAnswers(store.blobs, answers),
    attempt,
    ...seen,
    ...(Object.keys(reading.settings).length > 0 && { settings: reading.settings }),
    ...(sender && { lti: sender.fields }),
  };
  const owed = gradeReturnsOf(submission, reading.launches);
  const order = { submission: submission.id, ...own, queuedAt: now };
  // Work on it begins before it is on disk: a verdict is stored later, and nobody hears of it before. Workers look for
  // the run, which is therefore the last.
  const run = await queueRun(deps, order, (run) =>
    store.batch(
      [
        { collection: 'submissions', insert: submission },
        ...owed.map((one) => ({ collection: 'gradeReturns' as const, insert: one })),
        { collection: 'runs', insert: run },
      ],
      { mayBeLost: true },
    ),
  );
  await store.settled();
  return { ok: true, submission: submission.id, run };
}

async function checkAllowance({ store, clock }: SubmitDeps, { all }: Party, task: Task): Promise<void> {
  const allowance = await allowanceOf(store, all, task.submissionLimit, clock());
  if (allowance?.left === 0) throw new GradeportError('denied', usedUpText(allowance));
}

/** The student's or group's numbers; other ones than those on the page would grade an answer to another question. */
function drawn(
  task: Task,
  { seed }: Party,
  { lang, random: shown, environment }: Reading,
  attempt: number,
): Pick<Submission, 'lang' | 'random' | 'environment'> {
  const random = randomNumbers(task, seed, attempt);
  if (shown?.some((number, index) => number !== random[index])) {
    const sentence =
      'The numbers of this task have changed since you opened it. Look at it again, then submit.';
    throw new GradeportError('conflict', sentence);
  }
  return { lang, ...(random.length > 0 && { random }), ...(environment !== undefined && { environment }) };
}

async function findTask(
  deps: SubmitDeps,
  actor: User,
  courseId: string,
  taskId: string,
): Promise<{ course: Course; task: Task }> {
  const course = await deps.courses.get(courseId);
  const task = course?.tasks.find(({ id }) => id === taskId);
  const now = deps.clock();
  if (!course || !task || !seesTask(actor, course, task, now)) {
    throw new GradeportError('not-found', 'There is no such task, or it is not open to you.');
  }
  if (!can(actor, 'submit', { course: courseId, opening: task.access, now })) {
    throw new GradeportError('denied', `Task "${task.name}" takes no submissions now: its deadline is over.`);
  }
  return { course, task };
}

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

async function storeAnswers(blobs: Blobs, answers: SubmittedAnswers): Promise<Record<string, Answer>> {
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
