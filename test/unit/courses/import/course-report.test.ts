import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { reportOn } from '../../../../server/courses/import/course-report.ts';
import { copyOfCourse, EVERY_FIELD } from '../../../support/course-copy.ts';

const shipped = [{ folder: 'java', name: 'java', aliases: ['java7'] }];
const BIN = join(import.meta.dirname, '../../../../bin/gradeport.mjs');

function gradeport(...args: string[]) {
  const env = { ...process.env, DOCKER_HOST: 'unix:///nowhere.sock' };
  const ran = promisify(execFile)(process.execPath, [BIN, ...args], { env });
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

test('the report on a course names each environment that is missing, its tasks, and what would help', async () => {
  const report = await reportOn(EVERY_FIELD, { announced: [], shipped });
  expect(
    report?.environments.map(({ name, tasks, missing }) => [name, tasks.length, missing?.build]),
  ).toEqual([
    ['default', 4, null],
    ['java7', 1, 'java'],
  ]);
});

test('it does not guess what is missing while the engine does not answer', async () => {
  const report = await reportOn(EVERY_FIELD, { announced: null, shipped });
  expect(report?.environments.map(({ missing }) => missing)).toEqual([null, null]);
});

test('it tells of tasks without a grader, and of nothing for a folder that is no course', async () => {
  await using copy = await copyOfCourse();
  await rm(join(copy.course, 'random/run.py'));
  const report = await reportOn(copy.course, { announced: null, shipped });
  expect(report?.crashes.at(-1)).toMatchObject({
    file: 'every/random',
    message: expect.stringContaining('no grader'),
  });
  expect(await reportOn(copy.folder, { announced: null, shipped })).toBeNull();
});

test('of a quiz that asks for a container but has no grader it says how it can do without', async () => {
  await using copy = await copyOfCourse();
  await mkdir(join(copy.course, 'old-quiz'));
  await writeFile(
    join(copy.course, 'old-quiz/task.yaml'),
    'environment: default\nproblems: {q: {type: match, answer: a}}\n',
  );
  const report = await reportOn(copy.course, { announced: null, shipped });
  expect(report?.crashes.find(({ file }) => file === 'every/old-quiz')?.message).toContain(
    'environment_type: mcq',
  );
});

test('a quiz that would crash with every submission is one; a plugin’s problem beside others is named, with its place', async () => {
  await using copy = await copyOfCourse();
  const write = async (id: string, problems: string) => {
    await mkdir(join(copy.course, id));
    await writeFile(join(copy.course, id, 'task.yaml'), `environment: mcq\nproblems:\n${problems}`);
  };
  const match = '  m: {type: match, answer: a}\n';
  await write('with-code', `${match}  c: {type: code}\n`);
  await write('only-plugins', '  p: {type: math}\n  q: {type: blockly}\n');
  await write('with-plugin', `${match}  p: {type: parsons}\n`);
  const report = await reportOn(copy.course, { announced: null, shipped });
  const of = (list: readonly { file: string; line: number | null; message: string }[] = []) =>
    list
      .filter(({ file }) => /code|plugin/.test(file))
      .map(({ file, line, message }) => [file, line, message]);
  const crash = 'every submission crashes';
  expect(of(report?.crashes)).toEqual([
    ['every/only-plugins', null, expect.stringContaining(crash)],
    ['every/with-code', null, expect.stringContaining(crash)],
  ]);
  const remarks = of(report?.remarks).filter(([file]) => String(file).startsWith('every/with-plugin'));
  expect(remarks).toEqual([
    ['every/with-plugin/task.yaml', 4, expect.stringMatching(/"parsons" needs a plugin.*does not count/)],
  ]);
});

const TERMINAL =
  '#!/bin/bash\n# ssh_student is not called here\n  ssh_student --hard-time 5\nfeedback-result success\n';

test.each([
  ['by a grader in shell', 'environment: default', TERMINAL, true],
  ['by a grader in Python', 'environment: default', 'from ssh_student import *\n', true],
  ['in a comment alone', 'environment: default', '# no ssh_student\n', false],
  ['where the task offers one', 'environment: default\nenvironment_type: docker-ssh', TERMINAL, false],
  ['where the task offers one in the old way', 'environment: default\nssh_allowed: true', TERMINAL, false],
])('it says that a task crashes whose terminal is asked for %s', async (_, head, grader, crashes) => {
  await using copy = await copyOfCourse();
  await copy.write('shell/task.yaml', `${head}\nproblems: {q: {type: code}}\n`);
  await copy.write('shell/run', grader);
  const report = await reportOn(copy.course, { announced: null, shipped });
  const found = report?.crashes.filter(({ file }) => file === 'every/shell').map(({ message }) => message);
  expect(found).toEqual(crashes ? [expect.stringContaining('environment_type: docker-ssh')] : []);
});

test('it names what students would not see: what scripts cannot have, pictures of other sites, and pictures that are not there', async () => {
  await using copy = await copyOfCourse();
  const words = [
    '.. image:: seen/there.png',
    '.. image:: seen/gone.png',
    '.. figure:: https://x.org/a.png',
    '.. raw:: html\n\n   <script>fetch("/x")</script><script src="https://x.org/a.js"></script><svg><path/></svg>',
  ].join('\n\n');
  const script = '.. raw:: html\n\n   <script>draw()</script>';
  const choices = {
    q: { type: 'multiple_choice', header: script, choices: [{ text: script, valid: true }] },
  };
  const task = { context: words, environment: 'default', problems: choices };
  await copy.write('seen/task.yaml', JSON.stringify(task));
  await copy.write('seen/run', '#!/bin/sh\n');
  await copy.write('seen/public/there.png', 'png');
  await copy.write('fine/task.yaml', JSON.stringify({ ...task, context: script, problems: {} }));
  await copy.write('fine/run', '#!/bin/sh\n');
  const report = await reportOn(copy.course, { announced: null, shipped });
  const of = (id: string) =>
    report?.remarks.filter(({ file }) => file === `every/${id}`).map(({ message }) => message);
  expect(of('seen')).toHaveLength(5);
  for (const word of [
    'no network',
    'scripts of other sites',
    'choices do not run',
    'pictures of other',
    'public/gone.png',
  ])
    expect(of('seen')?.join('\n')).toContain(word);
  expect(of('fine')).toEqual([]);
});

test('gradeport course check prints it, for people and for programs, and fails while something cannot be read', async () => {
  const people = await gradeport('course', 'check', EVERY_FIELD);
  expect(people.code).toBe(1);
  expect(people.stdout).toContain('6 tasks can be read');
  expect(people.stdout).toMatch(/broken\/task\.yaml:2:1: YAML: a tab/);
  expect(people.stderr).toContain('engine does not answer');
  const programs = await gradeport('course', 'check', EVERY_FIELD, '--json');
  const { tasks, broken, remarks } = JSON.parse(programs.stdout) as Record<string, unknown[]>;
  expect([tasks?.length, broken?.length, remarks?.length]).toEqual([6, 1, 10]);
  expect((await gradeport('course', 'check', '/nowhere')).code).toBe(4);
});
