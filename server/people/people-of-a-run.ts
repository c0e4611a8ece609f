/** Who handed something in, as it is shown. */

import type { Run, Submission } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';
import { peopleOf } from './teams.ts';

export type Whose = {
  /** Sign-in names; of a group's submission with commas between them. */
  student: string;
  /** The group's name when it handed in; null: somebody alone. */
  group: string | null;
  /** "Ada Lovelace", or "Group 3: Ada Lovelace, Bob". */
  shown: string;
};

export async function whoseOf(
  store: Pick<Store, 'users'>,
  { userId, team }: Pick<Submission | Run, 'userId' | 'team'>,
): Promise<Whose> {
  const people = await peopleOf(store, team ? { userId, team } : { userId });
  const student = people.map(({ name }) => name).join(',') || userId;
  const shown = people.map(({ displayName }) => displayName).join(', ') || userId;
  return { student, group: team?.name ?? null, shown: team ? `${team.name}: ${shown}` : shown };
}
