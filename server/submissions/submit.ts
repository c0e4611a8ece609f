/** Accepts a submission: it is checked, stored with its run, then queued. Nothing is lost once this returns. */
import { z } from 'zod';
import { checkAnswers } from '../courses/answers.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { checkChoice, inChosen } from '../courses/environment-choice.ts';
import { type FoundTask, visibleTask } from '../courses/students/visible.ts';
import type { Task } from '../courses/task.ts';
import type { EnvironmentCatalogue } from '../environments/discovery/environment.ts';
import { findRuntime } from '../environments/discovery/placement.ts';
import type { RuntimeTable } from '../environments/discovery/runtimes.ts';
import type { SubmittedAnswers } from '../model/answers.ts';
import type { Run, User } from '../model/collections.ts';
import { parseInput } from '../model/parse-input.ts';
import { verb } from '../model/verb.ts';
import { settingsOf } from '../people/student-settings-of.ts';
import { groupless, type Party, partyOf } from '../people/teams.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';
import { refuse } from '../rules/problems.ts';
import type { Amounts } from './admission/amounts.ts';
import type { Pace } from './admission/pace.ts';
import { allowanceOf, usedUpText } from './admission/submission-limit.ts';
import { bundlesOf } from './bundles.ts';
import { type NewRunDeps, openKeyOf, stillOpen, whoseRun } from './new-run.ts';
import { type Admission, newSubmission, STILL_GRADED } from './new-submission.ts';
import { launchesOf } from './owed-grades.ts';
import type { Grading, Reading, SubmitResult } from './port.ts';

export type SubmitDeps = NewRunDeps & {
  taskFiles: Pick<TaskFiles, 'keep' | 'folder'>;
  environments: EnvironmentCatalogue;
  /** What each runtime can do. */
  table: RuntimeTable;
  limits: { maxTextBytes: number; maxFileBytes: number };
  pace: Pace;
  amounts: Pick<Amounts, 'take'>;
};

export type SubmitAnswersDeps = {
  courses: Pick<CourseCatalogue, 'get'>;
  grading: Pick<Grading, 'submit'>;
  clock: () => number;
};

/** Text, chosen indexes, or an uploaded file with its bytes. The task says which, and how long they may be. */
const answerSchema = z.union([
  z.string(),
  z.array(z.string()),
  z.object({ filename: z.string(), content: z.instanceof(Uint8Array) }),
]);

const formSchema = z.strictObject({
  /** By problem id. */
  answers: z.map(z.string(), answerSchema),
  /** The "@random" numbers on the page; absent: a program submits. */
  random: z.array(z.number()).optional(),
  /** One of the task's choices; absent: the task's own. */
  environment: z.string().max(200).optional(),
});

/** Reads the caller's own form. What it may hold, and how much, depends on the task. */
type ReadForm = (task: Task) => Promise<z.input<typeof formSchema>>;

export const submitAnswers = verb({
  input: z.strictObject({
    course: z.string(),
    task: z.string(),
    lang: z.string().max(20).default('en'),
    /** Called once the user is known to see the task. */
    read: z.custom<ReadForm>((value) => typeof value === 'function'),
  }),
  output: z.object({ submission: z.string(), run: z.string() }),
  refuses: ['answers-faulty'],
  async run(deps: SubmitAnswersDeps, who: User, { course, task, lang, read }) {
    const at = await visibleTask(deps, who, course, task);
    const { answers, random, environment } = parseInput(formSchema, await read(at.task));
    const result = await deps.grading.submit(who, at, answers, {
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
  found: FoundTask,
  answers: SubmittedAnswers,
  reading: Reading = { lang: 'en' },
): Promise<SubmitResult> {
  const { store, pace, amounts } = deps;
  await pace.once(actor);
  const admission = await admit(deps, actor, found, answers, reading);
  if (!admission.ok) return admission;
  await pace.bytes(actor, admission.answers);
  using room = amounts.take(actor, admission.answers);
  const { submission, owed } = await newSubmission(deps, admission);
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
        ...room.steps,
      ],
      { mayBeLost: true },
    ),
  );
  room.keep();
  await store.settled();
  return { ok: true, submission: id, run };
}

async function admit(
  deps: SubmitDeps,
  actor: User,
  { course, task }: FoundTask,
  answers: SubmittedAnswers,
  reading: Reading,
): Promise<Admission | Extract<SubmitResult, { ok: false }>> {
  const now = deps.clock();
  if (!can(actor, 'submit', { course: course.id, opening: task.access, now })) {
    throw new GradeportError('denied', `Task "${task.name}" takes no submissions now: its deadline is over.`);
  }
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
  const whose = whoseRun(run);
  publish(run.id, { type: 'queued', position: await queue.ahead(whose) });
  await queue.push(run.id, whose);
  return run.id;
}

async function checkAllowance({ store, clock }: SubmitDeps, { all }: Party, task: Task): Promise<void> {
  const allowance = await allowanceOf(store, all, task.submissionLimit, clock());
  if (allowance?.left === 0) throw new GradeportError('denied', usedUpText(allowance));
}

/** Refuses before anything is stored, not after minutes in the queue. While the engine is away, runs may wait. */
function checkEnvironment({ environments, table }: SubmitDeps, task: Task, staff: boolean): void {
  if (task.environment === null || !environments.engine().ok) return;
  try {
    findRuntime({ environments, table }, task, task.environment, null);
  } catch (error) {
    if (staff) throw error;
    const sentence = `The environment "${task.environment}" cannot grade now; tell your teacher. Nothing was submitted.`;
    throw new GradeportError('conflict', sentence, { cause: error });
  }
}
