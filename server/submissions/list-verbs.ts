/** Looking up submissions: one, or those of one student to a task. Students see their own, staff see all of the course. */
import { z } from 'zod';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { isStaff, visibleTask } from '../courses/students/visible.ts';
import { RUN_STATES, type Submission, submissionSchema, type User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import { whoseOf } from '../people/people-of-a-run.ts';
import { ownersOf } from '../people/teams.ts';
import type { Store } from '../ports/store.ts';
import { refuse } from '../rules/problems.ts';
import { VERDICTS } from '../rules/verdict.ts';
import { whoseSchema } from './submission-verbs.ts';
import { visibleSubmission } from './visible.ts';

type Stored = { store: Pick<Store, 'submissions' | 'runs' | 'users'> };
type Deps = Stored & { courses: Pick<CourseCatalogue, 'get'>; clock: () => number };

/** What lists say of a run; the run itself has its report and its output, too. */
const runInListSchema = z.object({
  id: z.string(),
  state: z.enum(RUN_STATES),
  queuedAt: z.string(),
  verdict: z.enum(VERDICTS).nullable(),
  result: z.string().nullable(),
  grade: z.number().nullable(),
});
export type RunInList = z.infer<typeof runInListSchema>;

const seenSchema = z.object({
  submission: submissionSchema,
  whose: whoseSchema,
  /** Newest first, without debug runs. */
  runs: z.array(runInListSchema),
});

/** Newest first. */
export const listSubmissions = verb({
  input: z.strictObject({
    course: z.string(),
    task: z.string(),
    /** Sign-in name of the student; for staff. Absent: the user's own. */
    user: z.string().max(100).optional(),
    limit: z.int().min(1).max(100).default(20),
    skip: z.int().min(0).default(0),
  }),
  output: z.array(seenSchema),
  refuses: [],
  async run(deps: Deps, who: User, { user, limit, skip, ...at }) {
    const { course, task } = await visibleTask(deps, who, at.course, at.task);
    const student = await studentOf(deps, who, course.id, user);
    if (student === null) return refuse('no-user', { user: user ?? '' });
    const filter = { course: course.id, task: task.id, userId: ownersOf(student) };
    const found = await deps.store.submissions.find(filter, { sort: { at: -1 }, limit, skip });
    // An account that has nothing to do with the course gets the answer of a name without an account.
    const isForeign = student !== who && !Object.hasOwn(student.roles, course.id);
    if (found.length === 0 && isForeign) return refuse('no-user', { user: student.name });
    return seen(deps, found);
  },
});

export const showSubmission = verb({
  input: z.strictObject({ submission: z.string() }),
  output: seenSchema,
  refuses: [],
  async run(deps: Stored, who: User, { submission }) {
    const [found] = await seen(deps, [await visibleSubmission(deps.store, who, submission)]);
    return found ?? refuse('no-submission', {});
  },
});

async function studentOf(
  { store }: Stored,
  who: User,
  course: string,
  name: string | undefined,
): Promise<User | null> {
  if (name === undefined || name === who.name) return who;
  if (!isStaff(who, course)) refuse('submissions-of-others-are-for-staff', {});
  return store.users.findOne({ name });
}

async function seen({ store }: Stored, submissions: readonly Submission[]) {
  const runs = await runsOf(store, submissions);
  return Promise.all(
    submissions.map(async (submission) => ({
      submission,
      whose: await whoseOf(store, submission),
      runs: runs.get(submission.id) ?? [],
    })),
  );
}

const PATHS = [
  ...['submission', 'debug', 'id', 'state', 'queuedAt'],
  ...['outcome.verdict', 'outcome.result', 'outcome.grade'],
];

async function runsOf(
  store: Pick<Store, 'runs'>,
  submissions: readonly Submission[],
): Promise<Map<string, RunInList[]>> {
  const ids = submissions.map((submission) => submission.id);
  const rows = await store.runs.pluck(PATHS, { submission: { $in: ids } }, { sort: { queuedAt: -1 } });
  const bySubmission = new Map<string, RunInList[]>();
  for (const [submission, debug, id, state, queuedAt, verdict, result, grade] of rows) {
    if (debug === 1) continue;
    const run = runInListSchema.parse({ id, state, queuedAt, verdict, result, grade });
    bySubmission.set(String(submission), [...(bySubmission.get(String(submission)) ?? []), run]);
  }
  return bySubmission;
}
