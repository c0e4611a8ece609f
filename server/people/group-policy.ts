/** Which names and sizes a group may have, and who may join it: rules on values that refuse. groups.ts acts on them. */
import type { Group, User } from '../model/collections.ts';
import { refuse } from '../rules/problems.ts';

export const MAX_GROUPS = 5000;

/** "Group 2" comes before "Group 10". */
export const inOrder = (groups: readonly Group[]): Group[] =>
  groups.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));

export function checkName(name: string, others: readonly Pick<Group, 'name'>[]): void {
  const same = others.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (same) refuse('group-name-taken', { group: same.name });
}

/** @param before how many groups the course already has */
export function checkOneMore(before: number): void {
  if (before >= MAX_GROUPS) refuse('groups-enough', { most: MAX_GROUPS });
}

export function checkSize(size: number, { name, members }: Pick<Group, 'name' | 'members'>): void {
  if (size < members.length) refuse('group-holds-more', { group: name, members: members.length });
}

/** @param groups of this course */
export function checkMayJoin(
  { id, name, roles }: Pick<User, 'id' | 'name' | 'roles'>,
  course: string,
  groups: readonly Pick<Group, 'name' | 'members'>[],
): void {
  if (!Object.hasOwn(roles, course) || roles[course] !== 'student')
    refuse('no-student-of-course', { user: name });
  const other = groups.find(({ members }) => members.includes(id));
  if (other) refuse('in-another-group', { user: name, group: other.name });
}

/** @param present the members whose accounts still exist: removed ones do not take up a place */
export function membersWith(
  userId: string,
  { name, size }: Pick<Group, 'name' | 'size'>,
  present: readonly string[],
): string[] {
  if (present.length >= size) refuse('group-full', { group: name, size });
  return [...present, userId];
}

export const membersWithout = (userId: string, { members }: Pick<Group, 'members'>): string[] =>
  members.filter((one) => one !== userId);
