/** Accepts a submission: it is checked, stored with its run, then queued. Nothing is lost once this returns. */

import { z } from 'zod';
import { checkAnswers } from '../courses/answers.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { checkChoice, inChosen } from '../courses/environment-choice.ts';
import { randomNumbers } from '../courses/random-numbers.ts';
import type { Settings } from '../courses/student-settings.ts';
import type { Course, Task } from '../courses/task.ts';
import { visibleTask } from '../courses/visible.ts';
import type { EnvironmentCatalogue } from '../environments/discovery/environment.ts';
import { findPlace, type Placing } from '../environments/discovery/placement.ts';
import type { SubmittedAnswers } from '../model/answers.ts';
import type { Answer, Bundles, Run, Submission, User } from '../model/collections.ts';
import type { LtiLaunch } from '../model/lti.ts';
import { verb } from '../model/verb.ts';
import { settingsOf } from '../people/student-settings-of.ts';
import { groupless, keepTeam, type Party, partyOf } from '../people/teams.ts';
import type { Blobs } from '../ports/store.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';
import { refuse } from '../rules/problems.ts';
import { bundlesOf } from './bundles.ts';
import { checkNoneIsOpen, type NewRunDeps, openKeyOf, stillOpen } from './new-run.ts';
import { gradeReturnsOf, launchesOf } from './owed-grades.ts';
import type { Grading, Reading, SubmitResult } from './port.ts';
import { allowanceOf, usedUpText } from './submission-limit.ts';

export type SubmitDeps = NewRunDeps & {
  courses: CourseCatalogue;
  taskFiles: Pick<TaskFiles, 'keep'>;
  environments: EnvironmentCatalogue;
  place: Pick<Placing, 'table' | 'ceilings'>;
  limits: { maxTextBytes: number; maxFileBytes: number };
};

/** Text, chosen indexes, or an uploaded file with its bytes. The task says which, and how long they may be. */
const answerSchema = z.union([
  z.string(),
  z.array(z.string()),
  z.object({ filename: z.string(), content: z.instanceof(Uint8Array) }),
]);
export const submitAnswers = verb({
  input: z.strictObject({
    course: z.string(),
    task: z.string(),
    /** By problem id. */
    answers: z.map(z.string(), answerSchema),
    lang: z.string().max(20).default('en'),
    /** The "@random" numbers on the page; absent: a program submits. */
    random: z.array(z.number()).optional(),
    /** One of the task's choices; absent: the task's own. */
    environment: z.string().max(200).optional(),
  }),
  output: z.object({ submission: z.string(), run: z.string() }),
  refuses: ['answers-faulty'],
  async run(
    { grading }: { grading: Pick<Grading, 'submit'> },
    who: User,
    { course, task, answers, ...given },
  ) {
    const { lang, random, environment } = given;
    const result = await grading.submit(who, course, task, answers, {
      lang,
      ...(random && { random }),
      ...(environment !== undefined && { environment }),
    });
    return result.ok ? result : refuse('answers-faulty', { faults: result.faults });
  },
});

export async function submit(
  deps: SubmitDeps,
  actor: User,
  courseId: string,
  taskId: string,
  answers: SubmittedAnswers,
  reading: Reading = { lang: 'en' },
): Promise<SubmitResult> {
  const admission = await admit(deps, actor, await findTask(deps, actor, courseId, taskId), answers, reading);
  if (!admission.ok) return admission;
  const { store } = deps;
  const { submission, owed } = await fileOf(deps, admission);
  const { id, course, task, userId, team, bundles, at } = submission;
  const order = {
    submission: id,
    course,
    task,
    userId,
    ...(team && { team }),
    ...(bundles && { bundles }),
    queuedAt: at,
  };
  // Work begins before the submission is on disk: a verdict is stored later, and only then do readers see it. The run
  // comes first, because the store may refuse it.
  const run = await queueRun(deps, order, STILL_GRADED, (run) =>
    store.batch(
      [
        { collection: 'runs', insert: run },
        { collection: 'submissions', insert: submission },
        ...owed.map((one) => ({ collection: 'gradeReturns' as const, insert: one })),
      ],
      { mayBeLost: true },
    ),
  );
  await store.settled();
  return { ok: true, submission: id, run };
}

const STILL_GRADED =
  'Your last submission to this task is still being graded; wait for its verdict or stop it.';

/** A submission that passed all checks and may be stored. */
type Admission = {
  ok: true;
  task: Task;
  party: Party;
  answers: SubmittedAnswers;
  reading: Reading;
  settings: Settings;
  launches: readonly LtiLaunch[];
  bundles: Bundles | null;
};

async function admit(
  deps: SubmitDeps,
  actor: User,
  { course, task }: { course: Course; task: Task },
  answers: SubmittedAnswers,
  reading: Reading,
): Promise<Admission | Extract<SubmitResult, { ok: false }>> {
  const checked = checkAnswers(task, answers, deps.limits);
  if (!checked.ok) return checked;
  const staff = can(actor, 'see-staff-details', { course: course.id });
  checkEnvironment(deps, inChosen(task, checkChoice(task, reading.environment)), staff);
  const party = (await partyOf(deps.store, actor, task)) ?? groupless();
  if (!staff) await checkAllowance(deps, party, task);
  const settings = await settingsOf(deps.store, actor.id, course);
  const launches = course.lti ? await launchesOf(deps.store, task, party.owner) : [];
  const bundles = await bundlesOf(deps.taskFiles, course, task);
  return { ok: true, task, party, answers: checked.answers, reading, settings, launches, bundles };
}

/** The submission as it will be stored, and the grades that platforms wait for. Uploads and teams are stored here. */
async function fileOf(deps: SubmitDeps, admission: Admission) {
  const { store, clock } = deps;
  const { task, party, reading, settings, launches, bundles } = admission;
  const own = { course: task.course, task: task.id, ...party.owner };
  const [attempt] = await Promise.all([
    store.submissions.count(party.all),
    checkNoneIsOpen(deps, own, STILL_GRADED),
  ]);
  const seen = drawn(task, party, reading, attempt);
  const by = party.owner.team?.by ?? party.owner.userId;
  const sender = launches.find(({ userId }) => userId === by);
  if (!party.isKept) await keepTeam(store, party.owner);
  const submission: Submission = {
    id: deps.newId(),
    ...own,
    at: new Date(clock()).toISOString(),
    answers: await storeAnswers(store.blobs, admission.answers),
    attempt,
    ...seen,
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(sender && { lti: sender.fields }),
    ...(bundles && { bundles }),
  };
  return { submission, owed: gradeReturnsOf(submission, launches) };
}

export type RunOrder = Pick<
  Run,
  'submission' | 'course' | 'task' | 'userId' | 'team' | 'debug' | 'bundles' | 'queuedAt'
>;

/**
 * @param keep stores the run, alone or as the first of what belongs to it
 * @param busy the sentence of the refusal where the owner's run of this task is not over yet
 * @returns its id
 */
export async function queueRun(
  { queue, publish, newId }: Pick<NewRunDeps, 'queue' | 'publish' | 'newId'>,
  order: RunOrder,
  busy: string,
  keep: (run: Run) => Promise<unknown>,
): Promise<string> {
  const run: Run = {
    id: newId(),
    ...order,
    state: 'queued',
    openKey: openKeyOf(order),
    attempt: 0,
    failures: 0,
    startedAt: null,
    doneAt: null,
    environment: null,
    outcome: null,
  };
  await keep(run).catch((error: unknown) => {
    throw error instanceof GradeportError && error.code === 'conflict' ? stillOpen(busy, error) : error;
  });
  // The event comes before queueing, because a worker may be quick.
  const { waiting } = await queue.size();
  publish(run.id, { type: 'queued', position: waiting });
  await queue.push(run.id);
  return run.id;
}

async function checkAllowance({ store, clock }: SubmitDeps, { all }: Party, task: Task): Promise<void> {
  const allowance = await allowanceOf(store, all, task.submissionLimit, clock());
  if (allowance?.left === 0) throw new GradeportError('denied', usedUpText(allowance));
}

/** The numbers of the student or group; if those on the page differ, the answer is to another question. */
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
  const { course, task } = await visibleTask(deps, actor, courseId, taskId);
  const now = deps.clock();
  if (!can(actor, 'submit', { course: courseId, opening: task.access, now })) {
    throw new GradeportError('denied', `Task "${task.name}" takes no submissions now: its deadline is over.`);
  }
  return { course, task };
}

/** Refuses before anything is stored, not after minutes in the queue. While the engine is away, runs may wait. */
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
