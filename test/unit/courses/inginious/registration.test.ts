import { describe, expect, test } from 'vitest';
import { readCourseFile } from '../../../../server/courses/inginious/course-file.ts';
import { mayJoin } from '../../../../server/courses/students/may-join.ts';
import { effortOf } from '../../../support/effort.ts';

const read = (text: string) => readCourseFile(`name: x\n${text}`, 'c/course.yaml');
const registration = (text: string) => read(text).registration;
const messages = (text: string) => read(text).notices.map(({ message }) => message);

describe('the registration of a course', () => {
  test('is closed unless the course says otherwise', () => {
    expect(registration('')).toBeNull();
    expect(registration('registration: false')).toBeNull();
    expect(registration('registration: null')).toBeNull();
    expect(registration('registration: true')).toMatchObject({
      access: { open: true },
      password: null,
      list: null,
    });
  });

  test('may have a time, and a password as it is written', () => {
    expect(registration("registration: '2026-01-01/2026-02-01'\nregistration_password: 0123")).toMatchObject({
      access: { from: new Date(2026, 0, 1).getTime(), until: new Date(2026, 1, 1).getTime() },
      password: '0123',
    });
    expect(registration("registration: true\nregistration_password: ''")?.password).toBeNull();
  });

  test('may have a list of user names or addresses; of any other list it is closed, and says so', () => {
    const text =
      'registration: true\nregistration_ac_list: [ada]\nregistration_ac_accept: false\nregistration_ac:';
    expect(registration(`${text} username`)?.list).toEqual({ of: 'name', accept: false, names: ['ada'] });
    expect(registration(`${text} email`)?.list).toEqual({ of: 'email', accept: false, names: ['ada'] });
    expect(registration(`${text} null`)?.list).toBeNull();
    for (const [kind, sentence] of [
      ['binding', 'registration_ac: "binding" asks for accounts elsewhere, and people sign in here'],
      ['mail', 'registration_ac: expected username or email; "mail" cannot be checked'],
    ]) {
      expect(registration(`${text} ${kind}`)).toBeNull();
      expect(messages(`${text} ${kind}`)).toEqual([
        `${sentence}. Until this is corrected, students cannot join the course on their own`,
      ]);
    }
  });

  test('is closed by what cannot be read, which costs the course nothing else', () => {
    const course = read('registration: maybe\ndescription: d');
    expect(course).toMatchObject({ registration: null, description: 'd', problems: [] });
    expect(course.notices[0]).toMatchObject({ line: 2, column: 1 });
    expect(course.notices[0]?.message).toContain('registration: expected true, false, or dates');
  });
});

describe('a list of names', () => {
  const joins = (pattern: string, name: string, accept = true) =>
    mayJoin(
      {
        access: { open: true, from: null, softUntil: null, until: null },
        password: null,
        list: { of: 'name', accept, names: [pattern] },
      },
      { name },
    );

  test.each([
    ['ada', 'ada', true],
    ['ada', 'adam', false],
    ['*', 'anybody', true],
    ['s-*', 's-1', true],
    ['s-*', 'as-1', false],
    ['*@x', 'ada@x', true],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['ADA', 'ada', true],
    ['a.a', 'aba', false],
  ])('%s and %s', (pattern, name, expected) => {
    expect(joins(pattern, name)).toBe(expected);
    expect(joins(pattern, name, false)).toBe(!expected);
  });

  test('of addresses lets in whose address it allows, and no user without one', () => {
    const access = { open: true, from: null, softUntil: null, until: null };
    const lets = (accept: boolean, email?: string) =>
      mayJoin(
        { access, password: null, list: { of: 'email', accept, names: ['*@example.org', 'eve@*'] } },
        { name: 'eve@x', email },
      );
    expect([lets(true, 'Ada@Example.org'), lets(true, 'ada@other.org'), lets(true)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([lets(false, 'eve@other.org'), lets(false, 'ada@other.org'), lets(false)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('is quick, whatever it holds', () => {
    expect(effortOf(() => joins('*a'.repeat(5000), 'a'.repeat(4000)))).toBeLessThan(25);
  });
});

test('what a course would miss here is reported with its line', () => {
  expect(
    messages(
      'is_lti: true\nfields: {year: {type: 4}, size: {type: 1}}\ngroups_student_choice: on\nuse_classrooms: true\nformat: inginious',
    ),
  ).toEqual([
    'fields.year.type: expected 1 (whole number), 2 (text) or 3 (yes or no)',
    'is_lti: there is no key with a secret in lti_keys, so launches from learning platforms are refused',
  ]);
  const dispensed = 'format: inginious\ndispenser_data: {toc: [], config: {a: {group_submission: true}}}';
  expect(messages(dispensed)).toEqual([]);
});
