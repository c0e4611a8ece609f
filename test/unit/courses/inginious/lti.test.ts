import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readCourseFile } from '../../../../server/courses/inginious/course-file.ts';

const read = (lines: string) => readCourseFile(`name: C\n${lines}`, 'c/course.yaml');
const messages = (lines: string) => read(lines).notices.map(({ message, line }) => `${line} ${message}`);

const KEYS = 'is_lti: true\nlti_keys:\n  moodle: "s3cret words"\n  other: 0123\nregistration: true\n';

describe('LTI in course.yaml', () => {
  test('gives each key its secret, as it is written', () => {
    const { lti } = read(`${KEYS}lti_send_back_grade: true\nlti_url: https://lms.example/course/7`);
    expect(lti).toMatchObject({ sendBackGrade: true, url: 'https://lms.example/course/7' });
    expect(['moodle', 'other', 'constructor', ''].map((key) => lti?.secretOf(key))).toEqual([
      ...['s3cret words', '0123', null, null],
    ]);
    expect(messages(KEYS)).toEqual([]);
  });

  test('is off unless the course says so, whatever keys it has', () => {
    expect(read('is_lti: false\nlti_keys: {a: b}').lti).toBeNull();
    expect(read('lti_keys: {a: b}').lti).toBeNull();
    expect(messages('is_lti: maybe')).toEqual(['2 is_lti: expected true or false']);
  });

  test('lets no student join on their own', () => {
    expect(read(KEYS).registration).toBeNull();
    expect(read('registration: true').registration).not.toBeNull();
  });

  test('shows its secrets in no print of the course', () => {
    const course = read(KEYS);
    expect(JSON.stringify(course) + inspect(course, { depth: 9 })).not.toMatch(/s3cret|0123/);
  });

  test('says what is wrong without quoting a secret', () => {
    const said = [
      ...messages('is_lti: true\nlti_keys: s3cret'),
      ...messages('is_lti: true\nlti_keys: {a: [s3cret], b: }'),
      ...messages('is_lti: true'),
      ...messages('is_lti: true\nlti_keys: {a: b}\nlti_url: "javascript:s3cret"'),
    ];
    expect(said).toEqual([
      '3 lti_keys: expected a map of keys, each with its secret',
      '3 lti_keys.a: expected a secret in quotes; launches with this key are refused',
      '3 lti_keys.b: expected a secret in quotes; launches with this key are refused',
      '2 is_lti: there is no key with a secret in lti_keys, so launches from learning platforms are refused',
      '2 is_lti: there is no key with a secret in lti_keys, so launches from learning platforms are refused',
      '4 lti_url: expected an address that begins with https:// or http://',
    ]);
  });

  test('says that LTI 1.3 is not there', () => {
    expect(messages('lti_config: {"https://lms.example": {}}')).toEqual([
      '2 lti_config: LTI 1.3 is not there; students come by LTI 1.1, with lti_keys',
    ]);
  });
});
