/** Looking up submissions: one, or those of one student to a task. Students see their own, staff see all of the course. */
import { z } from 'zod';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { isStaff, visibleTask } from '../courses/visible.ts';
import { type Run, runSchema, type Submission, submissionSchema, type User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import { whoseOf } from '../people/people-of-a-run.ts';
import { ownersOf } from '../people/teams.ts';
import type { Store } from '../ports/store.ts';
import { refuse } from '../rules/problems.ts';
import { whoseSchema } from './submission-verbs.ts';
import { visibleSubmission } from './visible.ts';

type Stored = { store: Pick<Store, 'submissions' | 'runs' | 'users'> };
type Deps = Stored & { courses: Pick<CourseCatalogue, 'get'>; clock: () => number };

const seenSchema = z.object({
  submission: submissionSchema,
  whose: whoseSchema,
  /** Newest first, without debug runs. */
  runs: z.array(runSchema),
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

async function runsOf(
  store: Pick<Store, 'runs'>,
  submissions: readonly Submission[],
): Promise<Map<string, Run[]>> {
  const ids = submissions.map((submission) => submission.id);
  const runs = await store.runs.find({ submission: { $in: ids } }, { sort: { queuedAt: -1 } });
  const graded = runs.filter(({ debug }) => debug !== true);
  return Map.groupBy(graded, (one) => one.submission);
}
