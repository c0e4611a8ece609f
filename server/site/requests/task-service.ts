/** What pages and the API both do with one task: show it, and accept answers to it. */
import type { Request, Response } from 'express';
import { randomNumbers } from '../../courses/random-numbers.ts';
import { isStaff } from '../../courses/students/visible.ts';
import type { Course, Task } from '../../courses/task.ts';
import type { AnswerFaults } from '../../model/answers.ts';
import type { User } from '../../model/collections.ts';
import { GROUPLESS, ownersOf, type Party, partyOf } from '../../people/teams.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Allowance, allowanceAfter, allowanceOf } from '../../submissions/admission/submission-limit.ts';
import { countedRun } from '../../submissions/progress.ts';
import { countedOf, submissionsOf, type TaskRun, taskRuns } from '../../submissions/task-runs.ts';
import type { AppDeps } from '../deps.ts';
import { SHOWN_RUNS, type TaskContext } from '../show/task.ts';
import { type Answers, readForm } from './uploads.ts';

export type TaskService = ReturnType<typeof createTaskService>;
/** The form's values, and what is wrong with them. */
export type Typed = { answers: Answers; faults: AnswerFaults; environment: string | undefined };

/** The newest runs, and the run whose grade counts, however old it is. */
function listed(runs: readonly TaskRun[], counted: string | null, task: Task): TaskRun[] {
  const most = Math.min(task.storedSubmissions || SHOWN_RUNS, SHOWN_RUNS);
  return runs.filter(({ id }, index) => index < most || id === counted);
}

type Deps = Pick<AppDeps, 'store' | 'environments' | 'config' | 'clock' | 'amounts'>;

export function createTaskService({ store, environments, config, clock, amounts }: Deps) {
  /** @param typed the form's values after a refusal; null: the last submission */
  async function context(
    user: User,
    course: Course,
    task: Task,
    typed: Typed | null,
    lang: string,
  ): Promise<TaskContext> {
    const [nowMs, staff, owners] = [clock(), isStaff(user, course.id), ownersOf(user)];
    const own = { course: course.id, task: task.id, userId: owners };
    const [last, party, runs] = await Promise.all([
      typed ? null : store.submissions.findOne(own, { sort: { at: -1, attempt: -1 } }),
      partyOf(store, user, task),
      taskRuns(store, own),
    ]);
    const before = new Map(Object.entries(last?.answers ?? {}));
    const [{ attempt, allowance }, counted] = await Promise.all([
      soFar(user, task, party, runs),
      // The runs of staff include debug runs, which are not grades.
      staff ? countedRun(store, { owners, staff }, task) : countedOf(runs, task),
    ]);
    return {
      user,
      environments,
      ceilings: config.ceilings,
      maxUploadBytes: config.maxUploadBytes,
      nowMs,
      lang,
      random: randomNumbers(task, party?.seed ?? user.name, attempt),
      allowance: staff ? null : allowance,
      group: party?.owner.team?.name ?? null,
      groupless: party === null ? GROUPLESS : null,
      nearlyFull: amounts?.nearlyFull(user.id) ?? null,
      runs: listed(runs, counted?.id ?? null, task),
      counted: counted?.id ?? null,
      given: (problem) => (typed ? typed.answers.get(problem) : before.get(problem)),
      environment: typed ? typed.environment : last?.environment,
      faults: typed?.faults ?? {},
    };
  }

  /** How many submissions were made so far, and how many are left. */
  async function soFar(
    user: User,
    task: Task,
    party: Party | null,
    runs: readonly TaskRun[],
  ): Promise<{ attempt: number; allowance: Allowance | null }> {
    if (party === null) return { attempt: 0, allowance: null };
    const [limit, nowMs] = [task.submissionLimit, clock()];
    if (party.owner.team || isStaff(user, task.course)) {
      const [attempt, allowance] = await Promise.all([
        store.submissions.count(party.all),
        allowanceOf(store, party.all, limit, nowMs),
      ]);
      return { attempt, allowance };
    }
    const made = submissionsOf(runs.filter(({ userId }) => userId === user.id));
    return { attempt: made.length, allowance: limit && allowanceAfter(made, limit, nowMs) };
  }

  function answersOf(req: Request, res: Response, task: Task): Promise<Answers> {
    if (req.is('multipart/form-data')) return readForm(req, res, task, config);
    throw new GradeportError('usage', 'Send the answers as multipart/form-data.');
  }

  return { context, answersOf };
}
