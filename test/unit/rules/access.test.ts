import { describe, expect, test } from 'vitest';
import {
  type Action,
  type Actor,
  can,
  type Opening,
  type Targets,
  taskState,
} from '../../../server/rules/access.ts';

const NOW = 1000;
const ALWAYS: Opening = { open: true, from: null, softUntil: null, until: null };
const HIDDEN: Opening = { ...ALWAYS, open: false };
const LATER: Opening = { ...ALWAYS, from: NOW + 1 };
const OVER: Opening = { ...ALWAYS, until: NOW - 1 };

const student: Actor = { id: 'stu', name: 'stu', operator: false, roles: { c1: 'student' } };
const teacher: Actor = { id: 'tea', name: 'tea', operator: false, roles: { c1: 'teacher', c2: 'student' } };
const stranger: Actor = { id: 'str', name: 'str', operator: false, roles: { c2: 'teacher' } };
const operator: Actor = { id: 'ope', name: 'ope', operator: true, roles: {} };
const actors = { nobody: null, stranger, student, teacher, operator };
type Name = keyof typeof actors;

const course = 'c1';
const task = (opening: Opening) => ({ course, opening, now: NOW });
const row = <A extends Action>(action: A, target: Targets[A], ...allowed: Name[]) => ({
  title: `${action} ${JSON.stringify(target)}`,
  allowed,
  who: (Object.keys(actors) as Name[]).filter((name) => can(actors[name], action, target)),
});

describe('who may do what', () => {
  const members: Name[] = ['student', 'teacher', 'operator'];
  const staff: Name[] = ['teacher', 'operator'];
  test.each([
    row('see-course', { course }, ...members),
    row('join-course', task(ALWAYS), 'stranger'),
    row('join-course', task(LATER)),
    row('join-course', task(OVER)),
    row('join-course', task(HIDDEN)),
    row('leave-course', { course, leavable: true }, 'student'),
    row('leave-course', { course, leavable: false }),
    row('see-task', task(ALWAYS), ...members),
    row('see-task', task(OVER), ...members),
    row('see-task', task(LATER), ...staff),
    row('see-task', task(HIDDEN), ...staff),
    row('submit', task(ALWAYS), ...members),
    row('submit', task(OVER), ...staff),
    row('submit', task(LATER), ...staff),
    row('submit', task(HIDDEN), ...staff),
    row('see-run', { course, userId: 'stu' }, ...members),
    row('see-run', { course, userId: 'other' }, ...staff),
    row('see-run', { course, userId: 'str' }, 'stranger', ...staff),
    row('kill-run', { course, userId: 'stu' }, ...members),
    row('kill-run', { course, userId: 'other' }, ...staff),
    row('see-run', { course, userId: 'team', team: { by: 'other', members: ['other', 'stu'] } }, ...members),
    row('see-run', { course, userId: 'team', team: { by: 'other', members: ['other'] } }, ...staff),
    row('kill-run', { course, userId: 'team', team: { by: 'other', members: ['other', 'stu'] } }, ...members),
    row('type-in-run', { course, userId: 'team', team: { by: 'other', members: ['other', 'stu'] } }),
    row('type-in-run', { course, userId: 'team', team: { by: 'stu', members: ['other', 'stu'] } }, 'student'),
    row('manage-groups', { course }, ...staff),
    row('choose-group', { course, byStudents: true }, 'student'),
    row('choose-group', { course, byStudents: false }),
    row('see-staff-details', { course }, ...staff),
    row('see-environments', null, 'stranger', ...members),
    row('build-environments', null, 'stranger', ...staff),
    row('follow-job', { by: 'tea' }, ...staff),
    row('follow-job', { by: 'stu' }, 'operator'),
    row('operate', null, 'operator'),
  ])('$title', ({ who, allowed }) => {
    expect(who).toEqual(allowed);
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'a course named %s has no members of its own accord',
    (name) => {
      expect(can(student, 'see-course', { course: name })).toBe(false);
      const member = { ...student, roles: JSON.parse(`{${JSON.stringify(name)}: "student"}`) };
      expect(can(member, 'see-course', { course: name })).toBe(true);
    },
  );
});

test.each<[string, Opening, number, string]>([
  ['without bounds', ALWAYS, NOW, 'open'],
  ['just before', { ...ALWAYS, from: 1000 }, 999, 'not-yet'],
  ['from its first ms', { ...ALWAYS, from: 1000 }, 1000, 'open'],
  ['until its last ms', { ...ALWAYS, until: 1000 }, 1000, 'open'],
  ['just after', { ...ALWAYS, until: 1000 }, 1001, 'closed'],
  ['at the soft end', { ...ALWAYS, softUntil: 900, until: 1000 }, 900, 'open'],
  ['after the soft end', { ...ALWAYS, softUntil: 900, until: 1000 }, 901, 'late'],
  ['a soft end after the end', { ...ALWAYS, softUntil: 2000, until: 1000 }, 1001, 'closed'],
  ['hidden whatever the dates', { open: false, from: 0, softUntil: null, until: 2000 }, 1000, 'hidden'],
])('a task %s', (_, opening, now, expected) => {
  expect(taskState(opening, now)).toBe(expected);
});
