/** What a change of role does to a user, and who counts as having left. */
import { expect, test } from 'vitest';
import { hasLeft, withRole } from '../../../server/people/course-roles.ts';

const AT = '2026-11-20T10:00:00.000Z';
const before = { roles: { c1: 'student', 'c.2': 'teacher' }, left: { c3: AT } } as const;

test.each([
  ['a role in one more course', 'c4', 'student', null, { ...before.roles, c4: 'student' }, { c3: AT }],
  [
    'another role, also where the id has a dot',
    'c.2',
    'student',
    null,
    { c1: 'student', 'c.2': 'student' },
    before.left,
  ],
  ['leaving on their own', 'c1', null, AT, { 'c.2': 'teacher' }, { c3: AT, c1: AT }],
  ['being removed', 'c1', null, null, { 'c.2': 'teacher' }, { c3: AT }],
  [
    'a role in a course that the user had left',
    'c3',
    'student',
    null,
    { ...before.roles, c3: 'student' },
    {},
  ],
  ['a removal from a course that the user had left', 'c3', null, null, before.roles, {}],
] as const)('%s', (_, course, role, leftAt, roles, left) => {
  expect(withRole(before, course, role, leftAt)).toEqual({ roles, left });
});

test('a user of an older store has left no course', () => {
  expect(withRole({ roles: {} }, 'c1', 'student', null)).toEqual({ roles: { c1: 'student' }, left: {} });
  expect(hasLeft({ roles: {} }, 'c1')).toBe(false);
});

test.each([
  ['a course that they left', { roles: {}, left: { c1: AT } }, true],
  ['a course that they are in again', { roles: { c1: 'student' as const }, left: { c1: AT } }, false],
  ['a course that somebody removed them from', { roles: {}, left: {} }, false],
])('a user has left %s: %j', (_, user, expected) => {
  expect(hasLeft(user, 'c1')).toBe(expected);
});
