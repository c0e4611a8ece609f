/** Whether learning platforms have a run's grade, in sentences: for staff of all its people, for students their own. */
import { peopleOf } from '../grading/teams.ts';
import type { Run, User } from '../store/collections.ts';
import type { Store } from '../store/port.ts';
import { gradeReturnText } from './views/grade-return.ts';

export async function gradeReturnTexts(
  store: Pick<Store, 'gradeReturns' | 'users'>,
  run: Run,
  reader: User,
  staff: boolean,
): Promise<string[]> {
  if (run.debug === true) return [];
  const own = staff ? {} : { userId: reader.id };
  const owed = await store.gradeReturns.find({ submission: run.submission, ...own });
  if (!staff || !run.team) return owed.map((one) => gradeReturnText(one, staff));
  return (await peopleOf(store, run)).flatMap(({ id, displayName }) =>
    owed.filter(({ userId }) => userId === id).map((one) => `${displayName}: ${gradeReturnText(one, staff)}`),
  );
}
