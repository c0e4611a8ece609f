/** Mistakes that nothing stops and no one sees: course check names the file, the line and the next step. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCourses } from '../../../../server/courses/catalogue.ts';
import { reportOn } from '../../../../server/courses/import/course-report.ts';
import { importCourse } from '../../../../server/courses/import/import-course.ts';
import { readTask } from '../../../../server/courses/read-task.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-mistakes-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** All that course check says, each with its place. */
async function said(): Promise<string[]> {
  const report = await reportOn(join(folder, 'k'), { announced: null, shipped: [] });
  const all = [
    ...(report?.broken.flatMap(({ problems }) => problems) ?? []),
    ...(report?.crashes ?? []),
    ...(report?.remarks ?? []),
  ];
  return all.map(({ file, line, message }) => `${file}${line === null ? '' : `:${line}`}: ${message}`);
}

const TASK = 'environment: default\nproblems: {q: {type: code}}\n';
const RUN = '#!/bin/sh\n';
const dates = (value: string) => `accessible: ${value}\n${TASK}`;
const ENDS = 'it ends before it begins, and so is never open; exchange the two dates';
const SOFT = 'its soft end is before it begins, and so each submission is late; exchange the two dates';
const NO_EFFECT = 'its soft end is after its end, and so has no effect; write START/SOFT END/END';

describe('course check names', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'an end before the begin',
      { 'k/t/task.yaml': dates('2026-09-14/2026-09-01') },
      `k/t/task.yaml:1: accessible: ${ENDS}`,
    ],
    [
      'an end before the begin, with three dates',
      { 'k/t/task.yaml': dates('2026-09-14/2026-09-01/2026-09-02') },
      `k/t/task.yaml:1: accessible: ${ENDS}`,
    ],
    [
      'a soft end before the begin',
      { 'k/t/task.yaml': dates('2026-09-14/2026-09-01/2026-10-01') },
      `k/t/task.yaml:1: accessible: ${SOFT}`,
    ],
    [
      'a soft end after the end',
      { 'k/t/task.yaml': dates('2026-09-14/2026-11-01/2026-10-01') },
      `k/t/task.yaml:1: accessible: ${NO_EFFECT}`,
    ],
    [
      'such dates of a course',
      { 'k/course.yaml': 'name: K\naccessible: 2026-09-14/2026-09-01\n' },
      `k/course.yaml:2: accessible: ${ENDS}`,
    ],
    [
      'such dates of its registration',
      { 'k/course.yaml': 'name: K\nregistration: 2026-09-14/2026-09-01\n' },
      `k/course.yaml:2: registration: ${ENDS}`,
    ],
    [
      'task.yml',
      { 'k/u/task.yml': TASK },
      'k/u/task.yml: only task.yaml is read: rename this file to task.yaml',
    ],
    [
      'Task.yaml',
      { 'k/u/Task.yaml': TASK },
      'k/u/Task.yaml: only task.yaml is read: rename this file to task.yaml',
    ],
    [
      'task.yaml.txt',
      { 'k/u/task.yaml.txt': TASK },
      'k/u/task.yaml.txt: only task.yaml is read: rename this file to task.yaml',
    ],
    [
      'a folder called run',
      { 'k/u/task.yaml': TASK, 'k/u/run/run.py': '' },
      'k/u: there is no grader: "run" is a folder; put the program that grades into a file run',
    ],
    [
      'run.PY',
      { 'k/u/task.yaml': TASK, 'k/u/run.PY': '' },
      'k/u: there is no grader: "run.PY" is not one of its names; rename it to run.py',
    ],
    [
      'Run',
      { 'k/u/task.yaml': TASK, 'k/u/Run': '' },
      'k/u: there is no grader: "Run" is not one of its names; rename it to run',
    ],
    [
      'run.sh.txt',
      { 'k/u/task.yaml': TASK, 'k/u/run.sh.txt': '' },
      'k/u: there is no grader: "run.sh.txt" is not one of its names; rename it to run.sh',
    ],
    [
      'a colon in a name',
      { 'k/t/task.yaml': `name: Exercise 1: loops\n${TASK}` },
      'k/t/task.yaml:1: YAML: a text with ":" in it needs quotes: name: "Exercise 1: loops"',
    ],
    [
      'a second document',
      { 'k/t/task.yaml': `${TASK}---\nname: b\n` },
      'k/t/task.yaml:3: YAML: a second document begins here ("---"), and a file has one: take this line out, or indent it if it belongs to a text',
    ],
  ])('%s', async (_, files, sentence) => {
    await write({ 'k/course.yaml': 'name: K\n', 'k/t/task.yaml': TASK, 'k/t/run': RUN, ...files });
    expect(await said()).toEqual([sentence]);
  });

  test('nothing where dates and names are as they should be', async () => {
    const task = dates('2026-09-01/2026-09-10/2026-09-14');
    await write({
      'k/course.yaml': 'name: K\n',
      'k/t/task.yaml': task,
      'k/t/run.R': '',
      'k/t/run.py.bak': '',
    });
    expect(await said()).toEqual([]);
  });
});

test('course.yml is named by the catalogue and by the import; task.yml by task check', async () => {
  await write({
    'courses/k/course.yml': 'name: K\n',
    'new/course.yml': 'name: N\n',
    'courses/l/t/task.yml': TASK,
  });
  const warnings: string[] = [];
  const courses = openCourses([join(folder, 'courses')], { warn: (message) => warnings.push(message) });
  expect(await courses.list()).toEqual([]);
  await courses.close();
  const rename = 'course.yml: only course.yaml is read: rename this file to course.yaml.';
  expect(warnings).toEqual([expect.stringContaining(`k/${rename}`)]);
  const options = { id: 'new', replace: false, now: new Date(), onFile: () => {} };
  await expect(importCourse(join(folder, 'new'), join(folder, 'mine'), options)).rejects.toThrow(
    `new/${rename}`,
  );
  expect(await readTask(join(folder, 'courses/l/t'))).toMatchObject({
    problems: [{ message: 'only task.yaml is read: rename this file to task.yaml' }],
  });
});
