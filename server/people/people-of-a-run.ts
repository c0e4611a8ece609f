/** The people who handed in a run, for display. */

import type { Run, Submission } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';
import { peopleOf } from './teams.ts';

export type Whose = {
  /** Sign-in names; for a group's submission separated by commas. */
  student: string;
  /** The group's name at the time of the submission; null: handed in alone. */
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
