/** What pages and the API both do with one task: show it, and take answers to it. */
import type { Request, Response } from 'express';
import { GradeportError } from '../core/errors.ts';
import { randomNumbers } from '../courses/random-numbers.ts';
import type { Course, Task } from '../courses/task.ts';
import { allowanceOf } from '../grading/submission-limit.ts';
import { GROUPLESS, ownersOf, partyOf } from '../grading/teams.ts';
import type { AnswerFaults } from '../grading/verbs.ts';
import type { User } from '../store/collections.ts';
import type { Condition } from '../store/port.ts';
import type { AppDeps } from './deps.ts';
import { isStaff } from './lookup.ts';
import { type Answers, readForm } from './uploads.ts';
import { countedRun } from './views/progress.ts';
import { SHOWN_RUNS, type TaskContext } from './views/task.ts';

export type TaskService = ReturnType<typeof createTaskService>;
type Typed = { answers: Answers; faults: AnswerFaults; environment: string | undefined };

export function createTaskService({ store, environments, config, clock }: AppDeps) {
  /** @param typed what stands in the form after a refusal; null: the last submission */
  async function context(
    user: User,
    course: Course,
    task: Task,
    typed: Typed | null,
    lang: string,
  ): Promise<TaskContext> {
    const owners = await ownersOf(store, user.id);
    const own = { course: course.id, task: task.id, userId: owners };
    const last = typed ? null : await store.submissions.findOne(own, { sort: { at: -1, attempt: -1 } });
    const before = new Map(Object.entries(last?.answers ?? {}));
    const party = await partyOf(store, user, task);
    const attempt = party === null ? 0 : await store.submissions.count(party.all);
    const [nowMs, staff] = [clock(), isStaff(user, course.id)];
    return {
      user,
      environments,
      ceilings: config.ceilings,
      maxUploadBytes: config.maxUploadBytes,
      nowMs,
      lang,
      random: randomNumbers(task, party?.seed ?? user.name, attempt),
      allowance:
        staff || party === null ? null : await allowanceOf(store, party.all, task.submissionLimit, nowMs),
      group: party?.owner.team?.name ?? null,
      groupless: party === null ? GROUPLESS : null,
      ...(await runsBeside(owners, task, staff)),
      given: (problem) => (typed ? typed.answers.get(problem) : before.get(problem)),
      environment: typed ? typed.environment : last?.environment,
      faults: typed?.faults ?? {},
    };
  }

  /** The newest, and the one whose grade counts however old it is. */
  async function runsBeside(
    owners: Condition,
    task: Task,
    staff: boolean,
  ): Promise<Pick<TaskContext, 'runs' | 'counted'>> {
    const limit = Math.min(task.storedSubmissions || SHOWN_RUNS, SHOWN_RUNS);
    const own = { course: task.course, task: task.id, userId: owners };
    const runs = await store.runs.find(own, { sort: { queuedAt: -1 }, limit });
    const counted = await countedRun(store, { owners, staff }, task);
    const isListed = counted === null || runs.some(({ id }) => id === counted.id);
    return { runs: isListed ? runs : [...runs, counted], counted: counted?.id ?? null };
  }

  function answersOf(req: Request, res: Response, task: Task): Promise<Answers> {
    if (req.is('multipart/form-data')) return readForm(req, res, task, config);
    throw new GradeportError('usage', 'Send the answers as multipart/form-data.');
  }

  return { context, answersOf };
}
