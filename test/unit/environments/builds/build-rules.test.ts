/** Who may build, what an image would be, and how a build ends. */
import { describe, expect, test } from 'vitest';
import {
  announcedAs,
  buildable,
  endOf,
  previewOf,
  requireBuilder,
} from '../../../../server/environments/builds/build-rules.ts';
import { lintDockerfile } from '../../../../server/environments/builds/dockerfile/lint.ts';
import type { Actor } from '../../../../server/rules/access.ts';
import { GradeportError } from '../../../../server/rules/errors.ts';

const operator: Actor = { id: 'o', name: 'otto', operator: true, roles: {} };
const teacher: Actor = { id: 't', name: 'tim', operator: false, roles: { c1: 'teacher' } };
const student: Actor = { id: 's', name: 'sam', operator: false, roles: { c1: 'student' } };

const lintOf = (...labels: string[]) =>
  lintDockerfile(['FROM gradeport/base', ...labels, ''].join('\n'), {
    images: new Map([['gradeport/base:latest', {}]]),
    files: [],
    network: false,
    refuses: () => null,
    withholds: () => null,
    networkHint: '',
    mustAnnounce: true,
  });
const named = 'LABEL org.gradeport.grading.name="mine"';

describe('who may build', () => {
  const rows: [string, Actor, boolean, string | null][] = [
    ['operators, whatever the configuration says', operator, false, null],
    ['teachers, where the configuration allows it', teacher, true, null],
    ['no teachers, where it does not', teacher, false, 'only operators'],
    ['no students', student, true, 'teachers and operators'],
  ];
  test.each(rows)('%s', (_, actor, teachers, refusal) => {
    const asked = () => requireBuilder(actor, { teachers });
    if (refusal === null) expect(asked).not.toThrow();
    else expect(asked).toThrow(refusal);
  });
});

describe('a preview', () => {
  test('says what the image will be called and what will run it', () => {
    expect(previewOf(lintOf(named), ['runc'], {})).toMatchObject({ image: 'local/mine', runtime: 'runc' });
  });
  test('says why nothing could run it', () => {
    const root = 'LABEL org.gradeport.grading.need_root="1"';
    expect(previewOf(lintOf(named, root), ['runc'], {})).toMatchObject({
      runtime: null,
      reason: expect.stringContaining('needs root'),
    });
  });
  test('is not there for an image that announces nothing', () => {
    expect(previewOf(lintOf(), ['runc'], {})).toBeNull();
  });
});

test('what is built announces something, without errors, under names that are free', () => {
  const lint = lintOf(named);
  const preview = previewOf(lint, ['runc'], {});
  const broken = lintOf(named, 'NONSENSE');
  expect(buildable({ lint, preview, refusal: null })).toBe(preview);
  expect(buildable({ lint, preview, refusal: 'It is taken.' })).toBeNull();
  expect(buildable({ lint, preview: null, refusal: null })).toBeNull();
  expect(buildable({ lint: broken, preview, refusal: null })).toBeNull();
});

test('an image that says another name than its Dockerfile gets none', () => {
  const labels = { 'org.gradeport.grading.name': 'mine' };
  expect(announcedAs('mine', labels)).toMatchObject({ name: 'mine' });
  expect(() => announcedAs('other', labels)).toThrow('another name than the Dockerfile: "mine"');
  expect(() => announcedAs('mine', {})).toThrow('another name than the Dockerfile: ""');
});

test('how a build ended is said in the words that are for people', () => {
  const denied = new GradeportError('denied', 'It is not yours.');
  expect(endOf(denied, false)).toEqual({ state: 'failed', sentence: 'It is not yours.' });
  expect(endOf(denied, true)).toEqual({ state: 'stopped', sentence: 'It was stopped.' });
  expect(endOf(new Error('secret'), false).sentence).not.toContain('secret');
});
