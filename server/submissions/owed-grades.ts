/** What learning platforms are owed after a submission: stored with it, so that no restart forgets it. */
import type { Task } from '../courses/task.ts';
import type { Submission } from '../model/collections.ts';
import { type GradeReturn, type LtiLaunch, ltiLaunchId, newGradeReturn } from '../model/lti.ts';
import type { Party } from '../people/teams.ts';
import type { Store } from '../ports/store.ts';

/** How those who hand in to a task last came to it from a learning platform; who did not is left out. */
export async function launchesOf(
  { ltiLaunches }: Pick<Store, 'ltiLaunches'>,
  { course, id: task }: Pick<Task, 'course' | 'id'>,
  { userId: owner, team }: Party['owner'],
): Promise<LtiLaunch[]> {
  const ids = (team?.members ?? [owner]).map((userId) => ltiLaunchId({ course, task, userId }));
  return ltiLaunches.find({ id: { $in: ids } });
}

/** One for each of them: a platform keeps a group's grade person by person. */
export const gradeReturnsOf = (submission: Submission, launches: readonly LtiLaunch[]): GradeReturn[] =>
  launches.flatMap(({ userId, place }) =>
    place === null ? [] : newGradeReturn(submission, { userId, place }, submission.at),
  );
