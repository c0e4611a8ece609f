/** What a change of role does to a user, and who counts as having left: rules on values. */
import type { Role, User } from '../model/collections.ts';

type Roles = Pick<User, 'roles' | 'left'>;

/**
 * @param role null: none any more
 * @param leftAt when the user left on their own; cleared as soon as somebody else decides
 */
export const withRole = (
  { roles, left = {} }: Roles,
  course: string,
  role: Role | null,
  leftAt: string | null,
): Required<Roles> => ({ roles: withEntry(roles, course, role), left: withEntry(left, course, leftAt) });

/** The user left on their own, and staff have not decided otherwise since. */
export const hasLeft = ({ left, roles }: Roles, course: string): boolean =>
  Object.hasOwn(left ?? {}, course) && !Object.hasOwn(roles, course);

function withEntry<T>(map: Readonly<Record<string, T>>, key: string, value: T | null): Record<string, T> {
  const others = Object.entries(map).filter(([id]) => id !== key);
  return Object.fromEntries(value === null ? others : [...others, [key, value]]);
}
