/** Which names and sizes a group may have, and who may join it. */
import { expect, test } from 'vitest';
import type { Group, Role } from '../../../server/model/collections.ts';
import {
  checkMayJoin,
  checkName,
  checkOneMore,
  checkSize,
  inOrder,
  MAX_GROUPS,
  membersWith,
  membersWithout,
} from '../../../server/people/group-policy.ts';
import { GradeportError } from '../../../server/rules/errors.ts';

const group = (name: string, members: string[] = [], size = 2): Group => ({
  id: `id-${name}`,
  course: 'c1',
  name,
  size,
  members,
  createdAt: '2026-11-20T10:00:00.000Z',
});
const user = (roles: Record<string, Role>) => ({ id: 'ada', name: 'ada', roles });
const student = user({ c1: 'student' });

/** What the rule refuses with; null: it accepts. */
function refusalOf(rule: () => unknown): string | null {
  try {
    rule();
    return null;
  } catch (error) {
    if (error instanceof GradeportError) return error.message;
    throw error;
  }
}

test.each([
  ['a new name', () => checkName('Blue', [group('Red')]), null],
  [
    'a name that differs in case only',
    () => checkName('rEd', [group('Red')]),
    'There is already a group "Red"; choose another name.',
  ],
  ['the last group of a course', () => checkOneMore(MAX_GROUPS - 1), null],
  ['one group more', () => checkOneMore(MAX_GROUPS), `A course has at most ${MAX_GROUPS} groups.`],
  ['a size that just holds the members', () => checkSize(2, group('Red', ['a', 'b'])), null],
  [
    'a size below the members',
    () => checkSize(1, group('Red', ['a', 'b'])),
    'Group "Red" has 2 members; take some out first.',
  ],
])('%s', (_, rule, refusal) => {
  expect(refusalOf(rule)).toBe(refusal);
});

test.each([
  ['a student without a group may', student, [group('Red', ['bob'])], null],
  ['a student of another group may not', student, [group('Red', ['ada'])], /ada.*Red/],
  ['a teacher may not', user({ c1: 'teacher' }), [], /ada/],
  ['a student of another course may not', user({ c2: 'student' }), [], /ada/],
])('%s join', (_, joins, groups, refusal) => {
  const said = refusalOf(() => checkMayJoin(joins, 'c1', groups));
  if (refusal) expect(said).toMatch(refusal);
  else expect(said).toBeNull();
});

test('a role that only the prototype of the object has does not count', () => {
  expect(refusalOf(() => checkMayJoin(user(Object.create({ c1: 'student' })), 'c1', []))).toMatch(/ada/);
});

test('members whose accounts are gone give their place to the next', () => {
  expect(membersWith('ada', group('Red', ['gone', 'bob']), ['bob'])).toEqual(['bob', 'ada']);
  expect(refusalOf(() => membersWith('ada', group('Red'), ['bob', 'eve']))).toBe(
    'Group "Red" is full: it has room for 2.',
  );
});

test('a member who leaves leaves the others in their order', () => {
  expect(membersWithout('bob', group('Red', ['eve', 'bob', 'ada']))).toEqual(['eve', 'ada']);
});

test('groups are in the order of their numbers', () => {
  const names = ['Group 10', 'group 2', 'Group 1'].map((name) => group(name));
  expect(inOrder(names).map(({ name }) => name)).toEqual(['Group 1', 'group 2', 'Group 10']);
});
