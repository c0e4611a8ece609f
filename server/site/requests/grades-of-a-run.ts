/** Whether learning platforms have a run's grade, in sentences: staff see all students, a student sees their own. */

import type { PageTranslate } from '../../../web/languages.ts';
import type { Run, User } from '../../model/collections.ts';
import { peopleOf } from '../../people/teams.ts';
import type { Store } from '../../ports/store.ts';
import { gradeReturnText } from '../show/grade-return.ts';

export async function gradeReturnTexts(
  store: Pick<Store, 'gradeReturns' | 'users'>,
  run: Run,
  reader: User,
  staff: boolean,
  t: PageTranslate,
): Promise<string[]> {
  if (run.debug === true) return [];
  const own = staff ? {} : { userId: reader.id };
  const owed = await store.gradeReturns.find({ submission: run.submission, ...own });
  if (!staff || !run.team) return owed.map((one) => gradeReturnText(one, staff, t));
  return (await peopleOf(store, run)).flatMap(({ id, displayName }) =>
    owed
      .filter(({ userId }) => userId === id)
      .map((one) => `${displayName}: ${gradeReturnText(one, staff, t)}`),
  );
}
