/** The grades that learning platforms are owed after a submission: stored with it, so that no restart loses them. */
import type { Task } from '../courses/task.ts';
import type { Submission } from '../model/collections.ts';
import { type GradeReturn, type LtiLaunch, ltiLaunchId, newGradeReturn } from '../model/lti.ts';
import type { Party } from '../people/teams.ts';
import type { Store } from '../ports/store.ts';

/** The last launch of each submitting student from a learning platform to the task; others are left out. */
export async function launchesOf(
  { ltiLaunches }: Pick<Store, 'ltiLaunches'>,
  { course, id: task }: Pick<Task, 'course' | 'id'>,
  { userId: owner, team }: Party['owner'],
): Promise<LtiLaunch[]> {
  const ids = (team?.members ?? [owner]).map((userId) => ltiLaunchId({ course, task, userId }));
  return ltiLaunches.find({ id: { $in: ids } });
}

/** One grade return per student: a platform keeps a group's grade person by person. */
export const gradeReturnsOf = (submission: Submission, launches: readonly LtiLaunch[]): GradeReturn[] =>
  launches.flatMap(({ userId, place }) =>
    place === null ? [] : newGradeReturn(submission, { userId, place }, submission.at),
  );
