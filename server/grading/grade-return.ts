/** What a learning platform is owed after a submission: stored with it, so that no restart forgets it. */
import type { GradeReturn, LtiGradePlace, Submission } from '../store/collections.ts';

export const gradeReturnOf = (
  { id, course, task, userId, at }: Submission,
  place: LtiGradePlace,
): GradeReturn => ({
  ...{ id, course, task, userId, place },
  state: 'ungraded',
  ...{ serial: 0, tries: 0, nextAt: at, grade: null, sentAt: null, error: null },
});
